package apply

import (
	"context"
	"fmt"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/plan"
)

// sideBySide is how many steps of a run are under way at the same time.
const sideBySide = 16

// standing says where a step stands in the graph.
type standing int

const (
	waiting standing = iota
	underWay
	done
	barred // it failed, is held by an obstacle, or may not begin
)

// schedule is the graph of a run while the run goes through it. Only the run's own
// goroutine uses it.
type schedule struct {
	after [][]int // by step: the steps that it waits for
	stand []standing
	errs  []error // of the barred steps
}

func newSchedule(steps []plan.Step) *schedule {
	return &schedule{after: plan.Edges(steps), stand: make([]standing, len(steps)), errs: make([]error, len(steps))}
}

// ready lists the steps that wait for nothing any more, in the plan's order.
func (s *schedule) ready() []int {
	var out []int
	for n := range s.stand {
		if s.stand[n] == waiting && s.all(n, done) {
			out = append(out, n)
		}
	}
	return out
}

func (s *schedule) all(n int, want standing) bool {
	for _, before := range s.after[n] {
		if s.stand[before] != want {
			return false
		}
	}
	return true
}

// end records how a step ended, or why it may not begin.
func (s *schedule) end(n int, err error) {
	s.stand[n], s.errs[n] = done, err
	if err != nil {
		s.stand[n] = barred
	}
}

// heldBy lists the steps that wait for a step, directly or by way of others.
func (s *schedule) heldBy(n int) []int {
	held := map[int]bool{n: true}
	var out []int
	for _, later := range plan.Order(s.after) {
		for _, before := range s.after[later] {
			if held[before] && !held[later] {
				held[later] = true
				out = append(out, later)
			}
		}
	}
	return out
}

// err is the error of the first barred step, in the plan's order.
func (s *schedule) err() error {
	for _, err := range s.errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// hold bars the steps that obstacles and pauses hold, and notes at each step why.
func (r *Run) hold(s *schedule) {
	for n, err := range r.Plan.Held() {
		s.stand[n] = barred
		r.journal.note(n, "held: "+fault.Sentence(err))
	}
}

// steps begins each step when the steps that it waits for are done and nobody else changes
// its resources. A step that fails holds only those that wait for it.
func (r *Run) steps(ctx context.Context) error {
	s := newSchedule(r.Plan.Steps)
	r.hold(s)
	if err := r.mayWrite(ctx, s); err != nil {
		return err
	}
	type ending struct {
		n   int
		err error
	}
	ended, stopped, count := make(chan ending), r.stop, 0
	for {
		var freed <-chan struct{}
		for _, n := range s.ready() {
			step := r.Plan.Steps[n]
			if err := r.mayBegin(step); err != nil {
				s.end(n, err)
				continue
			}
			if count == sideBySide {
				break
			}
			by, wait := r.locks.take(exclusive(step), holder{r, step})
			if by != nil {
				freed = wait
				r.tellHolder(n, *by)
				continue
			}
			if r.Stopping() { // meanwhile; whoever stopped it may know already what it changes
				r.locks.free(exclusive(step))
				s.end(n, r.mayBegin(step))
				continue
			}
			s.stand[n] = underWay
			count++
			contain.Go(opCarryOut, r.Plan.ID, func() { ended <- ending{n, r.step(ctx, n)} }, func(err error) { ended <- ending{n, err} })
		}
		if count == 0 && freed == nil {
			return s.err()
		}
		select {
		case e := <-ended:
			count--
			r.locks.free(exclusive(r.Plan.Steps[e.n]))
			s.end(e.n, e.err)
			r.tellHeld(s, e.n, e.err)
		case <-freed:
		case <-stopped:
			stopped = nil // once is enough: from now on no step may begin
		}
	}
}

// tellHolder notes at a step which step of another run it waits for.
func (r *Run) tellHolder(n int, by holder) {
	if by.run != r {
		r.journal.note(n, fmt.Sprintf("waits for %s %s, which an earlier plan began", by.step.Kind(), by.step.Target))
	}
}

// tellHeld notes at each step that waits for a failed one which step holds it.
func (r *Run) tellHeld(s *schedule, n int, err error) {
	if err == nil {
		return
	}
	failed := r.Plan.Steps[n]
	for _, later := range s.heldBy(n) {
		r.journal.note(later, fmt.Sprintf("held by %s %s", failed.Kind(), failed.Target))
	}
}
