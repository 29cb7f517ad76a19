package powershell

import (
	"errors"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

// Control flow travels as errors of these types.
type (
	breakFlow    struct{ label string }
	continueFlow struct{ label string }
	returnFlow   struct{}
	exitFlow     struct{ code int }
	// stopFlow comes from a command that wants no more input. It ends the commands
	// before that command.
	stopFlow struct{ by *stage }
)

func (breakFlow) Error() string    { return "break outside of a loop" }
func (continueFlow) Error() string { return "continue outside of a loop" }
func (returnFlow) Error() string   { return "return" }
func (exitFlow) Error() string     { return "exit" }
func (stopFlow) Error() string     { return "the pipeline has been stopped" }

// flow is control flow that has not reached its target yet.
type flow interface {
	error
	flows()
}

func (breakFlow) flows()    {}
func (continueFlow) flows() {}
func (returnFlow) flows()   {}
func (exitFlow) flows()     {}
func (stopFlow) flows()     {}
func (leave) flows()        {}

// isFlow reports whether an error is control flow or a refusal, and so none that a
// script can catch.
func isFlow(err error) bool {
	if _, ok := errors.AsType[flow](err); ok {
		return true
	}
	return isRefusal(err)
}

func isRefusal(err error) bool {
	_, ok := errors.AsType[*syntax.UnsupportedError](err)
	return ok
}

func isReturn(err error) bool {
	_, ok := errors.AsType[returnFlow](err)
	return ok
}
