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
	// stopFlow ends the commands before one that wants no more input.
	stopFlow struct{ by *stage }
)

func (breakFlow) Error() string    { return "break outside of a loop" }
func (continueFlow) Error() string { return "continue outside of a loop" }
func (returnFlow) Error() string   { return "return" }
func (exitFlow) Error() string     { return "exit" }
func (stopFlow) Error() string     { return "the pipeline has been stopped" }

// flow is control flow on its way to where it belongs.
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

// isFlow tells control flow and refusals from errors that a script can catch.
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
