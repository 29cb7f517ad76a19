package main

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/hack/bench/stage"
)

const (
	// moves is how often the neighbour moves in each company.
	moves = 3
	// suffers is how long a manager is beside one hostile server: two looks and more.
	suffers = 12 * time.Second
)

// company is how a neighbour fared beside others: when its moves began and how long they
// took, both in the order of length, how many goroutines the manager had, and the processor
// time that the manager and this process spent on a move.
type company struct {
	began, took      []time.Duration
	goroutines       int
	managed, ourself time.Duration
}

func (c company) median() time.Duration { return c.took[len(c.took)/2] }

// besideHostile measures the failover of a neighbour: alone, beside many slow routes, and
// beside every server that means harm as well.
func (b *bench) besideHostile(ctx context.Context) error {
	n, err := b.Open(ctx, "neighbour", stage.Options{Poll: 5 * time.Second, Limited: true, Manager: []string{"--namespaces=neighbour,tenant", "--poll=100ms", "--kube-api-qps=200"}})
	if err != nil {
		return err
	}
	defer n.Close()
	r, err := n.Route(ctx, 5*time.Second, func(r *v1alpha1.FederationRoute) { r.Spec.DNS.TTL = 1 })
	if err != nil {
		return err
	}
	for _, pool := range []string{stage.NewPool, stage.OldPool} { // the first moves ask for more than later ones
		if _, _, err := moveTo(ctx, n, r, pool); err != nil {
			return err
		}
	}
	alone, err := neighbour(ctx, n, r)
	if err != nil {
		return err
	}
	t, err := b.invite(ctx, "tenant")
	if err != nil {
		return err
	}
	defer t.leave()
	if err := t.lead(ctx, func(kind string) bool { return kind == slowKind }); err != nil {
		return err
	}
	slow, err := neighbour(ctx, n, r)
	if err != nil {
		return err
	}
	if err := t.lead(ctx, func(kind string) bool { return kind != slowKind }); err != nil {
		return err
	}
	all, err := neighbour(ctx, n, r)
	if err != nil {
		return err
	}
	if err := t.forget(ctx); err != nil {
		return err
	}
	return b.compare(ctx, n.Manager, alone, slow, all)
}

// compare reports how the neighbour fared, and the manager's goroutines once nothing leads to
// the servers any more.
func (b *bench) compare(ctx context.Context, m *stage.Manager, alone, slow, all company) error {
	after := 0
	err := stage.Until(ctx, time.Second, func() (bool, error) {
		var err error
		after, err = m.Goroutines(ctx)
		return after < alone.goroutines+20, err
	})
	if err != nil {
		return fmt.Errorf("%d goroutines are left, %d were there before: %w", after, alone.goroutines, err)
	}
	peak, err := held(m)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		beside string
		company
	}{{"alone", alone}, {"beside " + slowKind, slow}, {"beside every hostile server", all}} {
		b.report("neighbour's failover "+c.beside+": begins after at most / takes, median (least to most) / ratio to alone", "≤ 3 s / ≤ 1.5", "%.2fs / %.2fs (%.2fs to %.2fs) / %.2f",
			c.began[moves-1].Seconds(), c.median().Seconds(), c.took[0].Seconds(), c.took[moves-1].Seconds(), c.median().Seconds()/alone.median().Seconds())
		b.report("processor time in one such failover and its drain: manager / hostile servers and simulated organizations", "", "%.2fs / %.2fs", c.managed.Seconds(), c.ourself.Seconds())
	}
	b.report("goroutines before / beside slow routes / beside every hostile server / after", "", "%d / %d / %d / %d", alone.goroutines, slow.goroutines, all.goroutines, after)
	b.report("peak of resident memory beside every hostile server", "≤ 200 MiB", "%s", peak)
	return nil
}

// neighbour moves the route forth and back again and again, and measures the moves forth: so
// each company is compared by the same move.
func neighbour(ctx context.Context, n *stage.Scene, r *v1alpha1.FederationRoute) (company, error) {
	var c company
	for range moves {
		managed, ourself, err := spent(n.Manager)
		if err != nil {
			return c, err
		}
		began, took, err := moveTo(ctx, n, r, stage.NewPool)
		if err != nil {
			return c, err
		}
		managedThen, ourselfThen, err := spent(n.Manager)
		if err != nil {
			return c, err
		}
		c.began, c.took = append(c.began, began), append(c.took, took)
		c.managed += (managedThen - managed) / moves
		c.ourself += (ourselfThen - ourself) / moves
		if c.goroutines, err = n.Manager.Goroutines(ctx); err != nil {
			return c, err
		}
		if _, _, err := moveTo(ctx, n, r, stage.OldPool); err != nil {
			return c, err
		}
	}
	slices.Sort(c.began)
	slices.Sort(c.took)
	return c, nil
}

// spent is the processor time that the manager and this process have used.
func spent(m *stage.Manager) (managed, ourself time.Duration, err error) {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0, 0, err
	}
	managed, err = m.Processor()
	return managed, time.Duration(used.Utime.Nano() + used.Stime.Nano()), err
}

// moveTo leads a route to a pool. It gives when the move began and when the route was Ready,
// and waits until nothing of the move is left to do.
func moveTo(ctx context.Context, s *stage.Scene, r *v1alpha1.FederationRoute, pool string) (began, took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	from := time.Now()
	if err := turn(ctx, s, r, pool); err != nil {
		return 0, 0, err
	}
	err = s.Until(ctx, r, func() bool {
		if began == 0 && r.Status.Move != nil && r.Status.Move.EdgePool == pool {
			began = time.Since(from)
		}
		ready := r.Status.ObservedGeneration == r.Generation && meta.IsStatusConditionTrue(r.Status.Conditions, v1alpha1.ConditionReady)
		if ready && took == 0 {
			took = time.Since(from)
		}
		return ready && meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionReady).Reason == v1alpha1.ReasonInSync
	})
	if err != nil {
		err = fmt.Errorf("the move to %s does not end: %w: %+v", pool, err, r.Status.Conditions)
	}
	return began, took, err
}

// eachHostile measures the manager's peak memory beside each hostile server by itself, and
// beside none. Some managers run at the same time.
func (b *bench) eachHostile(ctx context.Context) error {
	t, err := b.invite(ctx, "kinds")
	if err != nil {
		return err
	}
	kinds := []string{"none"}
	for _, m := range t.all() {
		kinds = append(kinds, m.kind)
	}
	t.leave()
	kinds = slices.Compact(kinds)
	peaks := make([]string, len(kinds))
	g, running := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, kind := range kinds {
		g.Go(func() (err error) {
			peaks[i], err = b.peakBeside(running, fmt.Sprint("hostile-", i), kind)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, kind := range kinds {
		b.report("peak of resident memory, hostile servers: "+kind, "≤ 200 MiB", "%s", peaks[i])
	}
	return nil
}

// held says the most memory that a manager had, and its cgroup where it has one.
func held(m *stage.Manager) (string, error) {
	peak, err := m.Peak()
	if err != nil {
		return "", err
	}
	caged, met, is, err := m.Caged()
	if err != nil || !is {
		return fmt.Sprintf("%.0f MiB, no cgroup", peak), err
	}
	return fmt.Sprintf("%.0f MiB; its cgroup %.0f MiB, limit met %d times", peak, caged, met), nil
}

// peakBeside is the peak of a manager of its own that is led to the servers of one kind.
func (b *bench) peakBeside(ctx context.Context, namespace, kind string) (string, error) {
	t, err := b.invite(ctx, namespace)
	if err != nil {
		return "", err
	}
	defer t.leave()
	m, err := b.LimitedManager(namespace, "--poll=100ms", "--kube-api-qps=200")
	if err != nil {
		return "", err
	}
	defer m.Stop()
	if err := t.lead(ctx, func(k string) bool { return k == kind }); err != nil {
		return "", err
	}
	if err := settle(ctx, suffers); err != nil {
		return "", err
	}
	return held(m)
}
