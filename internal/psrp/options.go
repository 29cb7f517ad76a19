package psrp

import (
	"cmp"
	"time"

	"github.com/fedroute/fedroute/internal/psrp/message"
	"github.com/fedroute/fedroute/internal/winrm"
)

// Options tune a Session. The zero value is right for production.
type Options struct {
	// Options of the connection. IdleTimeout is also how long the host keeps a
	// disconnected session for Resume; MaxReply bounds what one pipeline gives
	// back, in octets.
	winrm.Options
	// CallLimit ends the waiting for a pipeline (15 min). A host that cannot read a
	// message does not answer at all, so a call whose context has no deadline might
	// never end. Command.Limit takes precedence.
	CallLimit time.Duration
	// Pool is the id of the new session; zero means a random one. A caller that wants
	// to resume the session after a crash chooses the id and stores it before.
	Pool message.ID
}

func (o Options) withDefaults() Options {
	if o.Pool == (message.ID{}) {
		o.Pool = message.NewID()
	}
	return Options{Options: o.Filled(), CallLimit: cmp.Or(o.CallLimit, 15*time.Minute), Pool: o.Pool}
}
