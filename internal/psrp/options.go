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
	// CallLimit ends the waiting for a pipeline (15 min). A message that the host
	// cannot read is answered by nothing at all, so a caller's context alone
	// might never end. Command.Limit is stronger.
	CallLimit time.Duration
	// Pool is the id of the new session; zero means a random one. Who wants to
	// resume it after a crash chooses the id, and keeps it, before.
	Pool message.ID
}

func (o Options) withDefaults() Options {
	if o.Pool == (message.ID{}) {
		o.Pool = message.NewID()
	}
	return Options{Options: o.Filled(), CallLimit: cmp.Or(o.CallLimit, 15*time.Minute), Pool: o.Pool}
}
