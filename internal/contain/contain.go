// Package contain keeps a panic in the work for one object from ending the manager,
// which works for all objects. A panic that a goroutine does not recover ends the
// whole process. So every goroutine of the product is started here, and a test
// checks that.
//
// A contained panic is a fault of kind Internal. Its message names the type of the
// panic and never its value, which may quote a Secret. The stack goes to the log.
package contain

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
)

// Run calls f and turns a panic into a fault. op and target are those of the fault.
func Run(op, target string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = defect(op, target, p)
		}
	}()
	return f()
}

// Value is Run for a function with a result.
func Value[T any](op, target string, f func() (T, error)) (value T, err error) {
	err = Run(op, target, func() (err error) {
		value, err = f()
		return err
	})
	return value, err
}

// Go calls f in a goroutine of its own. After a panic it calls failed, so that no
// other goroutine waits for f forever; failed is nil when none waits. failed itself
// must not panic.
func Go(op, target string, f func(), failed func(error)) {
	go func() {
		if err := Run(op, target, func() error { f(); return nil }); err != nil && failed != nil {
			failed(err)
		}
	}()
}

// AfterFunc is context.AfterFunc, which starts a goroutine when ctx ends.
func AfterFunc(ctx context.Context, op, target string, f func()) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		_ = Run(op, target, func() error { f(); return nil }) // a panic is in the log already, and no caller waits for the error
	})
}

// Later is time.AfterFunc, which starts a goroutine when d has passed.
func Later(d time.Duration, op, target string, f func()) (stop func() bool) {
	return time.AfterFunc(d, func() {
		_ = Run(op, target, func() error { f(); return nil }) // a panic is in the log already, and no caller waits for the error
	}).Stop
}

// defect logs a panic and makes the fault of it. Neither the panic's value nor the
// arguments of the functions are kept, because a parser's arguments may be pieces of
// a key.
func defect(op, target string, p any) error {
	slog.Error("a panic was contained", "op", op, "target", target, "type", fmt.Sprintf("%T", p), "stack", stack())
	return fault.New(fault.Internal, op, target, fmt.Sprintf("fedroute failed at it by a defect of its own (%T)", p)).
		With("it was given up, and other objects are served as before", "report it with the manager's log, which names the place")
}

// stack names the functions that were being called, the innermost first.
func stack() string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(4, callers)]) // without stack itself and the functions that recover
	var out strings.Builder
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		fmt.Fprintf(&out, "%s %s:%d; ", f.Function, f.File, f.Line)
	}
	return strings.TrimSuffix(out.String(), "; ")
}
