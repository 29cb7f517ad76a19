package winrm

import (
	"context"
	"errors"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// Connection is a worker's way to its host without the worker, for clients that
// speak another protocol over it. It has two lanes; each is one TCP connection that
// is signed in once and used again. The caller writes the envelopes.
type Connection struct {
	shell *shell
	host  string
}

// Connect prepares a connection. Nothing goes over the wire before the first
// exchange. Faults: Invalid, Denied (the KDC gave no ticket).
func Connect(endpoint remote.Endpoint, credentials remote.Credentials, options Options) (*Connection, error) {
	host, shell, err := prepare(endpoint, credentials, options.Filled())
	if err != nil {
		return nil, err
	}
	return &Connection{shell: shell, host: host}, nil
}

// Filled gives the options with their defaults filled in.
func (o Options) Filled() Options { return o.withDefaults() }

// Host names the host in messages for people.
func (c *Connection) Host() string { return c.host }

// URL is the address of the envelopes.
func (c *Connection) URL() string { return c.shell.sendLane.url }

// Room is how many octets of input fit into an envelope once they are encoded in
// base64.
func (c *Connection) Room() int { return c.shell.chunk }

// Exchange posts an envelope on the first lane and gives the body of the answer.
// NothingYet, Unseen and ShellGone classify its errors; Explain makes a message for
// people of them.
func (c *Connection) Exchange(ctx context.Context, envelope string) ([]byte, error) {
	return c.shell.sendLane.exchange(ctx, envelope)
}

// Await posts an envelope on the second lane, which is for requests that the host
// holds until it has something to answer.
func (c *Connection) Await(ctx context.Context, envelope string) ([]byte, error) {
	return c.shell.outputLane.exchange(ctx, envelope)
}

// Close closes both lanes. The connection can be used again afterwards.
func (c *Connection) Close() {
	c.shell.sendLane.close()
	c.shell.outputLane.close()
}

// NothingYet reports whether the host held the request until its time was up and
// then had no output to give. It is the only error after which the same envelope is
// sent again.
func NothingYet(err error) bool { return isNothingYet(err) }

// Refused reports that the host let the account in and refused what it asked for. A sign-in
// or a certificate that was not accepted is another error.
func Refused(err error) bool {
	f, ok := errors.AsType[*wsmanFault](err)
	return ok && f.denies()
}

// ShellGone reports whether the host answered that it has no such shell or command.
func ShellGone(err error) bool { return isShellGone(err) }

// Unseen reports whether the host cannot have acted on the envelope: it never
// received it, refused the sign-in, or answered with a fault.
func Unseen(err error) bool {
	_, faulted := errors.AsType[*wsmanFault](err)
	return refusedUnseen(err) || faulted && !isNothingYet(err)
}

// Explain makes a fault for people of the error that an exchange with the host ended
// with.
func Explain(op, host string, err error) *fault.Error { return explain(op, host, err) }
