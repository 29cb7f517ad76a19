package contain

import (
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"
)

// Group runs functions side by side. Its zero value is ready for use.
type Group struct{ group errgroup.Group }

// SetLimit bounds how many run at once. It is set before the first Go.
func (g *Group) SetLimit(n int) { g.group.SetLimit(n) }

// Go runs f, beside the others and no more of them than the limit.
func (g *Group) Go(op, target string, f func() error) {
	g.group.Go(func() error { return Run(op, target, f) })
}

// Wait returns when all have ended, with the error of the first that failed.
func (g *Group) Wait() error { return g.group.Wait() }

// Flight lets callers with the same question at the same time share one answer.
// Its zero value is ready for use.
type Flight[T any] struct{ group singleflight.Group }

// Do asks, or waits for whoever asks already.
func (g *Flight[T]) Do(question, op, target string, ask func() (T, error)) (T, error) {
	answer, err, _ := g.group.Do(question, func() (any, error) { return Value(op, target, ask) })
	return answer.(T), err
}
