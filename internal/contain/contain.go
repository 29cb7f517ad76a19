// Package contain keeps a panic in the work for one object from ending the
// manager, which works for all. A goroutine that nobody recovers ends the whole
// process, so every goroutine of the product is started here; a test holds that.
//
// A contained panic is a fault of kind Internal. Its message names the type of
// the panic and never its value, which may quote a Secret. The places in the
// source go to the log.
package contain

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
)

// Run calls f. op and target say what for, in the words of a fault.
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

// Go calls f in a goroutine of its own. failed is told of a panic, so that nobody
// waits for ever; nil when nobody waits. It must not panic itself.
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
		_ = Run(op, target, func() error { f(); return nil }) // it is in the log, and nobody waits
	})
}

// defect tells of a panic. Neither its value nor the arguments of the functions
// are kept: a parser's may be pieces of a key.
func defect(op, target string, p any) error {
	slog.Error("a panic was contained", "op", op, "target", target, "type", fmt.Sprintf("%T", p), "stack", stack())
	return fault.New(fault.Internal, op, target, fmt.Sprintf("fedroute failed at it by a defect of its own (%T)", p)).
		With("it was given up, and other objects are served as before", "report it with the manager's log, which names the place")
}

// stack names the functions that were being called, innermost first.
func stack() string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(4, callers)]) // without itself and the recovering
	var out strings.Builder
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		fmt.Fprintf(&out, "%s %s:%d; ", f.Function, f.File, f.Line)
	}
	return strings.TrimSuffix(out.String(), "; ")
}
