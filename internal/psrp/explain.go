package psrp

import (
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/psrp/message"
)

const (
	opOpen       = "open a PowerShell session on"
	opClose      = "close the PowerShell session on"
	opDisconnect = "leave the PowerShell session on"
	opResume     = "resume the PowerShell session on"
	opStop       = "stop the command on"
)

// unopened is the fault of a session that could not be opened.
func (s *Session) unopened(err error) error {
	if damaged, ok := errors.AsType[*damagedError](err); ok {
		return unreadable(opOpen, s.target.Host, damaged)
	}
	judged := s.target.Transport.Judge(opOpen, err)
	why := judged.Why
	if !judged.Refused || s.target.Configuration == "" {
		return why
	}
	return why.With(why.Effect, fmt.Sprintf("check that the account may use the session configuration %s there", s.target.Configuration))
}

// unreadable is the fault of an answer that is damaged.
func unreadable(op, host string, err *damagedError) *fault.Error {
	f := fault.New(fault.Failed, op, host, fault.Line(err.Error())).
		With("", "look at the WinRM event log of that host, and for somebody who changes messages on the way; it is tried again")
	f.Err = err
	return f
}

// broken is the fault of a pool that the host gave up.
func (s *Session) broken(record *ErrorRecord) error {
	cause := "the host closed the session while it was opened"
	if record != nil {
		cause += ": " + fault.Line(record.Message)
	}
	f := fault.New(fault.Failed, opOpen, s.target.Host, cause).
		With("", "check the session configuration there: a module that it imports may be missing or broken")
	if record != nil {
		f.Err = record
	}
	return f
}

// lose ends the session because of an error and returns a fault that says that the
// command's outcome is unknown.
func (s *Session) lose(name string, err error) error {
	if !s.Life.Healthy() {
		return s.Lose(name, s.Err()) // err only followed from the session's end
	}
	if _, damaged := errors.AsType[*damagedError](err); !damaged {
		err = s.target.Transport.Judge(name, err).Why
	}
	return s.Lose(name, err)
}

// ending is the fault of a command that failed or was stopped, nil for one that
// succeeded.
func (s *Session) ending(name string, o Outcome) error {
	f := &fault.Error{Kind: fault.Failed, Op: name, Target: s.target.Host}
	switch {
	case o.State == message.Completed:
		return nil
	case o.State == message.Stopped:
		f.Cause = "the command was stopped"
	default:
		f.Cause = "the command failed without saying why"
	}
	if o.Failure != nil {
		f.Cause, f.Err = fault.Line(o.Failure.Message), o.Failure
	}
	return f
}
