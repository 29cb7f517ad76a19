// Package session calls the functions of an installed endpoint kit. It is a remote.Session
// over PowerShell Remoting: a script is called by its name, each argument is a typed
// parameter of its function, and the function answers one line of JSON.
package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/remote"
)

// Session is a session in a configuration of a host. It is safe for concurrent use.
type Session struct {
	runspace
	host      string
	installed Installed
}

// runspace is the part of a psrp.Session that is used here.
type runspace interface {
	Call(ctx context.Context, command psrp.Command) (psrp.Outcome, error)
	Healthy() bool
	Expired() bool
	Close(ctx context.Context) error
}

var (
	_ remote.Session   = (*Session)(nil)
	_ remote.Described = (*Session)(nil)
)

// Installed is what a host's kit says about itself.
type Installed struct {
	Version   int `json:"-"`
	Functions []struct {
		Name       string
		Generation int
	} // of its module, whatever role they belong to
	Account, Caller string // SIDs
	kit.Limits
}

// generation of a function, 0 where the kit has none of the name.
func (i Installed) generation(function string) int {
	for _, f := range i.Functions {
		if f.Name == function {
			return f.Generation
		}
	}
	return 0
}

// Dialer gives the remote.Dialer for endpoints that name a session configuration.
func Dialer(o psrp.Options) remote.Dialer {
	return func(ctx context.Context, endpoint remote.Endpoint, credentials remote.Credentials) (remote.Session, error) {
		s, err := psrp.Dial(ctx, endpoint, endpoint.Configuration, credentials, o)
		if err != nil {
			return nil, err
		}
		opened, err := Open(ctx, s, s.Host)
		if err != nil {
			return nil, err // not a nil *Session in a remote.Session that is not nil
		}
		return opened, nil
	}
}

// closeTimeout bounds the farewell to a host whose kit cannot be used.
const closeTimeout = 5 * time.Second

const opDescribe = "ask the endpoint kit on"

// Open asks the host which kit it has. Faults: Denied (the configuration shows the account
// no function of the kit), Unsupported (it answers as no kit does), Failed (the kit is
// damaged), and those of a call.
func Open(ctx context.Context, r runspace, host string) (*Session, error) {
	s := &Session{runspace: r, host: host}
	reply, version, err := s.ask(ctx, kit.Describe, nil)
	if thrown, ok := errors.AsType[*remote.ScriptError](err); ok {
		err = fault.New(fault.Failed, opDescribe, host, "it cannot say what it is: "+fault.Line(thrown.Message)).With("nothing there is called", renew)
	}
	if err == nil {
		s.installed.Version = version
		if err = json.Unmarshal(reply, &s.installed); err != nil {
			err = s.strange(kit.Describe, err.Error())
		}
	}
	if err == nil {
		return s, nil
	}
	leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	_ = r.Close(leaving) // the error of the opening is the one to report
	return nil, err
}

// Kit implements remote.Described.
func (s *Session) Kit() remote.Kit {
	k := remote.Kit{Version: s.installed.Version, Account: s.installed.Account, Caller: s.installed.Caller, Sites: s.installed.Sites, Pools: s.installed.Pools}
	for _, role := range []kit.Role{kit.FrontEnd, kit.Edge, kit.DNS} {
		var lacks []string
		functions := kit.Functions(role)
		for _, f := range functions {
			if s.installed.generation(f.Name) != f.Generation {
				lacks = append(lacks, f.Name)
			}
		}
		if len(lacks) < len(functions) { // the kit is one of that role
			k.Lacks = append(k.Lacks, lacks...)
		}
	}
	return k
}

// Call implements remote.Session. The request's script does not travel: the host has its
// own, and Unsupported says that this one is missing there or older.
func (s *Session) Call(ctx context.Context, request remote.Request) (json.RawMessage, error) {
	if err := s.serves(request.Name); err != nil {
		return nil, err
	}
	parameters, err := parametersOf(request)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, request.Name, s.host, err)
	}
	reply, _, err := s.ask(ctx, request.Name, parameters)
	if err != nil {
		return nil, err
	}
	return slices.Concat([]byte("["), reply, []byte("]")), nil
}

// serves reports as a fault that the installed kit has not the function that this program
// knows.
func (s *Session) serves(name string) error {
	there, here := s.installed.generation(name), kit.Generation(name)
	cause := ""
	switch {
	case there == here:
		return nil
	case there == 0:
		cause = fmt.Sprintf("the endpoint kit there (version %d) has no function %s", s.installed.Version, name)
	case there < here:
		cause = fmt.Sprintf("the endpoint kit there (version %d) is older than this program, and its function %s has changed since", s.installed.Version, name)
	default:
		return fault.New(fault.Unsupported, name, s.host,
			fmt.Sprintf("the endpoint kit there (version %d) is newer than this program, which does not know its function %s", s.installed.Version, name)).
			With("", "install the release of fedroute that the kit was written with")
	}
	return fault.New(fault.Unsupported, name, s.host, cause).With("", renew)
}

// renew is what helps against a kit that lacks something.
const renew = "write the kit anew with kubectl fedroute kit and install it on that machine"

// ask calls one function and reads its answer.
func (s *Session) ask(ctx context.Context, name string, parameters []psrp.Parameter) (reply json.RawMessage, version int, err error) {
	outcome, err := s.runspace.Call(ctx, psrp.Command{Name: name, Parameters: parameters, Limit: limitOf(ctx)})
	if err != nil {
		return nil, 0, s.explain(name, err)
	}
	a, err := read(outcome)
	if err != nil {
		return nil, 0, s.strange(name, err.Error())
	}
	if a.Error != nil {
		a.Error.Script = name
		return nil, 0, &fault.Error{Kind: fault.Failed, Op: name, Target: s.host, Cause: fault.Line(a.Error.Message), Err: a.Error}
	}
	return a.Result, a.Kit, nil
}

// limitOf is how long a call may take: as long as its context, and the session's own limit
// when that has no end.
func limitOf(ctx context.Context) time.Duration {
	end, ok := ctx.Deadline()
	if !ok {
		return 0
	}
	return max(time.Until(end), time.Nanosecond)
}
