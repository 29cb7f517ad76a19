package powershell

import (
	"errors"

	"github.com/fedroute/fedroute/internal/sim/powershell/syntax"
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

// isFlow tells control flow and refusals from errors that a script can catch.
func isFlow(err error) bool {
	for e := err; e != nil; e = errors.Unwrap(e) {
		switch e.(type) {
		case breakFlow, continueFlow, returnFlow, exitFlow, stopFlow, leave, *syntax.UnsupportedError:
			return true
		}
	}
	return false
}
