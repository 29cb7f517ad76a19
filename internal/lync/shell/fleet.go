package shell

import (
	"context"
	"encoding/json"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/remote"
)

// Credentials gives the current credentials. It is called before every remote call, so
// that a rotated Secret is picked up. It should be quick.
type Credentials func(ctx context.Context) (remote.Credentials, error)

// Config says how to reach one organization. Everything but Called and Clock is
// needed.
type Config struct {
	// Management lists servers with the management shell, in the order to try.
	Management []remote.Endpoint
	// EdgeServer gives the endpoint of an Edge machine by its FQDN in the topology.
	EdgeServer func(fqdn string) remote.Endpoint
	// Reader signs in to read, and Operator to change. Operator is asked for its
	// credentials only when something is to be changed.
	Reader, Operator Account
	Dial             remote.Dialer
	// Called is called after each remote call, from several goroutines. It may be nil.
	Called func(Call)
	Clock  func() time.Time // nil means time.Now
	// Hold is that of the organization; nil: no other fleet writes to it.
	Hold *Hold
	// Noted is called before a publish is sent, and after its end was seen. Where it
	// fails, nothing is published. It may be nil.
	Noted Noted
}

// Account gives the current credentials of one account, as Credentials does.
type Account struct {
	Management Credentials
	Edge       func(ctx context.Context, fqdn string) (remote.Credentials, error)
}

// Call is one remote call, for metrics and logs. It holds no arguments.
type Call struct {
	Script   string
	Endpoint string // URL
	Duration time.Duration
	Kind     fault.Kind // empty when it succeeded
}

// Fleet owns the remote sessions of one organization. It is safe for concurrent
// use. Nothing is dialed before the first call.
type Fleet struct {
	reader *reader
	writer *writer
}

// NewFleet prepares a fleet. Close it to remove the remote shells.
func NewFleet(config Config) *Fleet {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Called == nil {
		config.Called = func(Call) {}
	}
	if config.Hold == nil {
		config.Hold = NewHold("", time.Time{}, config.Clock)
	}
	shared := &hosts{Config: config, management: newEndpoints(config.Management, config.Hold, config.Clock)}
	return &Fleet{
		reader: &reader{hosts: shared, sessions: newPool(config.Dial, config.Clock, 0, 0)},
		writer: &writer{hosts: shared, sessions: newPool(config.Dial, config.Clock, lync.SetupLimit, restOfWriters),
			apart: newPool(config.Dial, config.Clock, lync.FailBackLimit, restOfWriters), operations: newOperations()},
	}
}

// restOfWriters is how long a session that changed something is kept without a call. It counts
// against the account's shells on its host.
const restOfWriters = time.Minute

// Close removes the sessions, side by side. Calls that still run are waited for until ctx
// ends and are then left alone: the host finishes them and removes the shell.
func (f *Fleet) Close(ctx context.Context) {
	var all contain.Group
	for _, sessions := range []*pool{f.reader.sessions, f.writer.sessions, f.writer.apart} {
		all.Go("close the sessions of", "an organization", func() error { sessions.close(ctx); return nil })
	}
	_ = all.Wait() // the log has a panic
}

// hosts is what reading and writing share.
type hosts struct {
	Config
	management *endpoints
}

// job is one script to run, with the words for messages about it.
type job struct {
	script    script
	arguments any
	op        string        // "publish the topology"
	target    string        // "edge01.contoso.com"
	limit     time.Duration // of one attempt, signing in included
	// apart: the script may run for hours and needs a session of its own, so that no other
	// write waits for it.
	apart bool
	// exclusive: the script takes the mutex of publishing. publishes: it publishes or
	// enables a topology.
	exclusive, publishes bool
	// fits checks a reply that a function of an endpoint kit gave; nil: it is not checked.
	fits func(json.RawMessage, job) error
}

// run runs the job on a leased session and reports the call to Called.
func (h *hosts) run(ctx context.Context, l *lease, j job) (json.RawMessage, error) {
	began := h.Clock()
	reply, err := l.call(ctx, remote.Request{Name: j.script.name, Script: j.script.text, Arguments: j.arguments})
	err = tell(err, j.op, j.target, l.signIn)
	h.told(j, l.endpoint, began, err)
	return reply, err
}

func (h *hosts) told(j job, endpoint remote.Endpoint, began time.Time, err error) {
	h.Called(Call{
		Script: j.script.name, Endpoint: endpoint.URL,
		Duration: h.Clock().Sub(began), Kind: fault.KindOf(err),
	})
}
