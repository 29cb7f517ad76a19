// Package remote describes a remote session: the address of a host, the account that
// signs in, the script that runs, the error it threw, and how long the session
// lives. It speaks no protocol. Packages that speak one implement Session; packages
// that use a session know this package only.
package remote

import (
	"context"
	"encoding/json"
	"errors"
)

// ErrNotShown is in the chain of the fault of a sign-in that was not tried: the host was not
// asked, and said nothing of the account.
var ErrNotShown = errors.New("not shown to the host")

// Session runs scripts on one host, one after the other. It is safe for concurrent
// use.
type Session interface {
	// Call runs the script and gives the JSON array of what it emitted. Faults:
	// Failed (the script threw; errors.AsType[*ScriptError] has the record), Busy (ctx
	// ended while another call ran), Unreachable and Denied (nothing was sent),
	// OutcomeUnknown (the script was or may have been started and its reply did not
	// come; the session has ended), Internal.
	Call(ctx context.Context, request Request) (json.RawMessage, error)
	// Healthy reports whether the session can still be called.
	Healthy() bool
	// Expired reports whether the session should be replaced before the host ends it.
	Expired() bool
	// Close ends the session and what runs in it, within ctx.
	Close(ctx context.Context) error
}

// Dialer opens a session. ctx bounds the opening only. Faults: Invalid, Unreachable,
// Denied, Busy, Unsupported, Failed.
type Dialer func(ctx context.Context, endpoint Endpoint, credentials Credentials) (Session, error)
