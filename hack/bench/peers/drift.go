package peers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fedroute/fedroute/hack/bench/stage"
)

// peer is another program that checks or fails over once per start.
type peer struct {
	who      string
	look     func(w *workplace, ctx context.Context, pool string) error
	failOver func(w *workplace, ctx context.Context, pool string) error
}

func playbook(name string) func(*workplace, context.Context, string) error {
	return func(w *workplace, ctx context.Context, pool string) error { return w.play(ctx, name, pool) }
}

func script(name string) func(*workplace, context.Context, string) error {
	return func(w *workplace, ctx context.Context, pool string) error { return w.script(ctx, name, pool) }
}

var others = []peer{
	{"Ansible, one task a machine", playbook("drift"), playbook("failover")},
	{"Ansible, one task a question", playbook("drift-by-question"), nil},
	{"pywinrm script", script("drift"), script("failover")},
}

// drift measures one drift check by each program in an organization without drift.
// It also tests once that each peer notices a difference. fedroute checks once a
// minute; the other programs run one after the other between its checks.
func (c *comparison) drift(ctx context.Context) ([]job, error) {
	jobs := make([]job, 1, 1+len(others))
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		jobs[0], err = c.ownDrift(ctx)
		return err
	})
	var theirs []job
	g.Go(func() error {
		for i, p := range others {
			j, err := c.peerDrift(ctx, p, fmt.Sprintf("drift-%d", i))
			if err != nil {
				return fmt.Errorf("%s: %w", p.who, err)
			}
			theirs = append(theirs, j)
		}
		return nil
	})
	err := g.Wait()
	return append(jobs, theirs...), err
}

func (c *comparison) peerDrift(ctx context.Context, p peer, name string) (job, error) {
	w, err := c.newWorkplace(ctx, name)
	if err != nil {
		return job{}, err
	}
	defer w.org.Close()
	j := job{who: p.who}
	before := w.org.Counters()
	for range c.repeat {
		from := time.Now()
		if err := p.look(w, ctx, stage.OldPool); err != nil {
			return j, err
		}
		j.took = append(j.took, time.Since(from))
	}
	j.cost = spent(before, w.org.Counters(), c.repeat)
	if err := w.org.Zones().Set("somebody", host, "A", 60, "192.0.2.66"); err != nil {
		return j, err
	}
	if p.look(w, ctx, stage.OldPool) == nil {
		return j, errors.New("it did not notice a record that somebody changed")
	}
	return j, ctx.Err()
}
