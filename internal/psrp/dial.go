package psrp

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/psrp/message"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
)

// DefaultConfiguration is the session configuration that every host with remoting
// has. Only an administrator may use it.
const DefaultConfiguration = "Microsoft.PowerShell"

// configurationName matches the names that Register-PSSessionConfiguration accepts
// and that need no escaping in a URI.
var configurationName = regexp.MustCompile(`^[0-9A-Za-z._-]{1,256}$`)

// Dial opens a session in a session configuration of the host, e.g. "FedRoute".
// ctx bounds the dialing only.
//
// Faults: Invalid (endpoint, credentials or the configuration's name are not what
// they must be), Unreachable, Denied (sign-in, certificate, configuration), Busy
// (the account's shells on that host are used up), Unsupported (the host speaks
// another version), Failed.
func Dial(ctx context.Context, endpoint remote.Endpoint, configuration string, credentials remote.Credentials, o Options) (*Session, error) {
	o = o.withDefaults()
	o.IdleTimeout = cmp.Or(endpoint.Idle, o.IdleTimeout)
	connection, err := connect(endpoint, configuration, credentials, o)
	if err != nil {
		return nil, err
	}
	return Open(ctx, target(connection, configuration, o), o)
}

// Resume takes over a session that Disconnect left on the host, or whose process
// ended, and one pipeline of it. Wait of that pipeline then reports how it ended.
// Output that the first session had already read does not come again.
//
// Faults: as of Dial; Unreachable when the host no longer has the session or the
// pipeline.
func Resume(ctx context.Context, endpoint remote.Endpoint, t Ticket, credentials remote.Credentials, o Options) (*Session, *Pipeline, error) {
	o.Pool = t.Pool
	o = o.withDefaults()
	connection, err := connect(endpoint, t.Configuration, credentials, o)
	if err != nil {
		return nil, nil, err
	}
	s := newSession(target(connection, t.Configuration, o), o)
	p, err := s.resume(ctx, Command{Name: t.Command, ID: t.Pipeline, Limit: s.options.CallLimit})
	if err != nil {
		s.End(err)
		connection.Close() // the pool stays: nothing was learnt that would justify removing it
		return nil, nil, err
	}
	return s, p, nil
}

// connect checks the endpoint and the credentials, which a person wrote. Nothing
// goes over the wire yet.
func connect(endpoint remote.Endpoint, configuration string, credentials remote.Credentials, o Options) (*winrm.Connection, error) {
	if !configurationName.MatchString(configuration) {
		return nil, fault.New(fault.Invalid, opOpen, "the endpoint", fmt.Sprintf("%.40q is no name of a session configuration", configuration)).
			With("", "use letters, digits, dots and hyphens")
	}
	return winrm.Connect(endpoint, credentials, o.Options)
}

// target makes the Target that reaches the host over WSMan.
func target(connection *winrm.Connection, configuration string, o Options) Target {
	t := &wsman{envelopes: newEnvelopes(connection.URL(), configuration, o.Pool, o.Options), connection: connection}
	return Target{Host: connection.Host(), Configuration: configuration, Transport: t, Room: connection.Room()}
}

// resume connects to the pool (MS-PSRP 3.1.4.9) and to one of its pipelines.
func (s *Session) resume(ctx context.Context, command Command) (*Pipeline, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.options.StartTimeout, errSilent)
	defer cancel()
	t, ok := s.target.Transport.(resumable)
	if !ok {
		return nil, fault.New(fault.Unsupported, opResume, s.target.Host, "the connection ends with its session")
	}
	pool, first, err := t.Connect(ctx, s.fragments(message.Connecting(s.options.Pool)))
	if err != nil {
		return nil, s.target.Transport.Judge(opResume, err).Why
	}
	in := s.inbox(pool, message.ID{})
	err = in.take(first)
	for ready := false; !ready; {
		var m message.Message
		if err == nil {
			m, err = in.next(ctx)
		}
		if err != nil {
			return nil, s.unopened(err)
		}
		if ready, err = s.greet(m, message.RunspacePoolInitData); err != nil {
			return nil, err
		}
	}
	stream, err := t.Resume(ctx, command.ID)
	if err != nil {
		return nil, s.target.Transport.Judge(opResume, err).Why
	}
	s.touch()
	_ = s.TakeLastTurn(context.Background()) // at once: nobody else has the session yet
	return s.follow(command, stream), nil
}

// abandonTimeout bounds the clean-up after a failed opening. A pool that stays is
// removed by its idle timeout.
const abandonTimeout = 5 * time.Second

func (s *Session) abandon(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonTimeout)
	defer cancel()
	_ = s.Close(ctx) // the error of the opening is the one to report
}
