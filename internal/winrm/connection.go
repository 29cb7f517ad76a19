package winrm

import (
	"context"
	"errors"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// Connection is what a worker's shell goes over, for those who say other things
// than a worker does: two lanes to one host, each one TCP connection that is
// signed in once and used again. Envelopes are the caller's.
type Connection struct {
	shell *shell
	host  string
}

// Connect prepares a connection. Nothing goes over the wire before the first
// exchange. Faults: Invalid, Denied (no ticket could be had).
func Connect(endpoint remote.Endpoint, credentials remote.Credentials, options Options) (*Connection, error) {
	host, shell, err := prepare(endpoint, credentials, options.Filled())
	if err != nil {
		return nil, err
	}
	return &Connection{shell: shell, host: host}, nil
}

// Filled gives the options with what was left out filled in.
func (o Options) Filled() Options { return o.withDefaults() }

// Host names the host to people.
func (c *Connection) Host() string { return c.host }

// URL is where envelopes are addressed to.
func (c *Connection) URL() string { return c.shell.sendLane.url }

// Room is how many octets of input fit an envelope once they are base64.
func (c *Connection) Room() int { return c.shell.chunk }

// Exchange posts an envelope on the first lane and gives the body of the answer.
// Its errors are told apart by NothingYet, Unseen and ShellGone, and put into
// people's words by Explain.
func (c *Connection) Exchange(ctx context.Context, envelope string) ([]byte, error) {
	return c.shell.sendLane.exchange(ctx, envelope)
}

// Await posts one on the second lane: a request that the host holds until it has
// something to say.
func (c *Connection) Await(ctx context.Context, envelope string) ([]byte, error) {
	return c.shell.outputLane.exchange(ctx, envelope)
}

// Close closes both lanes. The connection can be used again.
func (c *Connection) Close() {
	c.shell.sendLane.close()
	c.shell.outputLane.close()
}

// NothingYet says that the host held the request until its time was up and has
// nothing to say. It is the only error after which the same envelope is sent
// again.
func NothingYet(err error) bool { return isNothingYet(err) }

// ShellGone says that the host knows no such shell or no such command.
func ShellGone(err error) bool { return isShellGone(err) }

// Unseen says that the host cannot have acted on the envelope: it never got it,
// did not let us in, or answered with a fault.
func Unseen(err error) bool {
	_, faulted := errors.AsType[*wsmanFault](err)
	return refusedUnseen(err) || faulted && !isNothingYet(err)
}

// Explain tells people what an exchange with the host ended with.
func Explain(op, host string, err error) *fault.Error { return explain(op, host, err) }
