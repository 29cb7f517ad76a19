package contain

import (
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"
)

// Group runs functions side by side. Its zero value is ready for use.
type Group struct{ group errgroup.Group }

// SetLimit bounds how many functions run at once. It must be called before the first
// Go.
func (g *Group) SetLimit(n int) { g.group.SetLimit(n) }

// Go runs f beside the other functions, once fewer than the limit run.
func (g *Group) Go(op, target string, f func() error) {
	g.group.Go(func() error { return Run(op, target, f) })
}

// Wait returns when all functions have ended, with the error of the first that
// failed.
func (g *Group) Wait() error { return g.group.Wait() }

// Flight lets callers with the same question at the same time share one answer.
// Its zero value is ready for use.
type Flight[T any] struct{ group singleflight.Group }

// Do asks. When a call with the same question is under way already, it waits for
// that call's answer instead.
func (g *Flight[T]) Do(question, op, target string, ask func() (T, error)) (T, error) {
	answer, err, _ := g.group.Do(question, func() (any, error) { return Value(op, target, ask) })
	return answer.(T), err
}
