package peers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/hack/bench/stage"
)

// failover measures one failover by each program. All run at the same time, each in
// an organization of its own, because they mostly wait for remote commands.
func (c *comparison) failover(ctx context.Context) ([]job, error) {
	jobs := make([]job, 1+len(others))
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		jobs[0], err = c.ownFailover(ctx)
		return err
	})
	for i, p := range others {
		if p.failOver == nil {
			continue
		}
		g.Go(func() (err error) {
			if jobs[1+i], err = c.peerFailover(ctx, p, fmt.Sprintf("failover-%d", i)); err != nil {
				return fmt.Errorf("%s: %w", p.who, err)
			}
			return nil
		})
	}
	err := g.Wait()
	var done []job
	for _, j := range jobs {
		if j.who != "" {
			done = append(done, j)
		}
	}
	return done, err
}

// ownFailover measures fedroute's failover, from the change of the spec to Ready.
func (c *comparison) ownFailover(ctx context.Context) (job, error) {
	j, clock := job{who: "fedroute"}, &stage.Clock{}
	s, err := c.stage.Open(ctx, "failover", stage.Options{Durations: c.durations, Clock: clock, Poll: poll})
	if err != nil {
		return j, err
	}
	defer s.Close()
	procedure := func(r *v1alpha1.FederationRoute) { r.Spec.Strategy = v1alpha1.StrategyProcedure } // as the peers do
	r, err := s.Route(ctx, 0, procedure)
	if err != nil {
		return j, err
	}
	before := s.Org.Counters()
	from, to, err := s.FailOver(ctx, r)
	if err != nil {
		return j, err
	}
	j.took, j.cost, j.needed = times{to.Sub(from)}, spent(before, s.Org.Counters(), 1), clock.Needed(s.Org, from, to)
	return j, (&workplace{org: s.Org, clock: clock, dir: c.stage.Dir, pace: lifelike}).federates(ctx)
}

func (c *comparison) peerFailover(ctx context.Context, p peer, name string) (job, error) {
	j := job{who: p.who}
	w, err := c.newWorkplace(ctx, name)
	if err != nil {
		return j, err
	}
	defer w.org.Close()
	before, from := w.org.Counters(), time.Now()
	if err := p.failOver(w, ctx, stage.NewPool); err != nil {
		return j, err
	}
	to := time.Now()
	j.took, j.cost, j.needed = times{to.Sub(from)}, spent(before, w.org.Counters(), 1), w.clock.Needed(w.org, from, to)
	return j, w.federates(ctx)
}

// settling bounds how long the changes of a failover may take to reach every
// replica.
const settling = 3 * time.Minute

// federates checks the result of a failover once it has reached every replica. The
// check is the same for all programs: a peer's drift check and the simulator's
// invariants.
func (w *workplace) federates(ctx context.Context) error {
	if v := w.org.Farm().Violations(); len(v) > 0 {
		return fmt.Errorf("it broke an invariant: %v", v)
	}
	if err := w.describe(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	var found error
	err := stage.Until(ctx, 10*time.Second, func() (bool, error) {
		if ctx.Err() == nil {
			found = w.script(ctx, "drift", stage.NewPool)
		}
		return found == nil, nil
	})
	return errors.Join(err, found)
}
