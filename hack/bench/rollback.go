package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/hack/bench/partner"
	"github.com/fedroute/fedroute/hack/bench/stage"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// mindChanged is a wish that came in the middle of a move: the time until its first change
// began, until partners were served for good, and the time until then in which remote commands
// worked. No first change: there was nothing to take back.
type mindChanged struct{ first, served, worked time.Duration }

// stepsOfAMove are the kinds of steps at which a move is taken back.
var stepsOfAMove = []plan.Kind{plan.KindPublishFlags, plan.KindAwaitReplication, plan.KindSetupEdgeServer, plan.KindSetSiteRoute, plan.KindCheckPorts, plan.KindUpdateDNS, plan.KindAssociateFrontEnd}

// rollback measures what a person waits for who changes his mind: at each kind of step of a
// move between two pools that work, and when the new pool dies while a Front End pool is
// failed back at the end of the move. Some of the moves run at the same time.
func (b *bench) rollback(ctx context.Context) error {
	lifelike, err := farm.Profile("lifelike")
	if err != nil {
		return err
	}
	durations := faster(lifelike, outageScale)
	seen := make([]mindChanged, len(stepsOfAMove)+1)
	g, running := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i := range seen {
		kind := plan.KindFailBackFrontEnd
		if i < len(stepsOfAMove) {
			kind = stepsOfAMove[i]
		}
		g.Go(func() (err error) {
			seen[i], err = b.changeMind(running, kind, durations)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, s := range seen {
		what := "the new pool dies during the failback of a Front End pool, and federation goes back"
		if i < len(stepsOfAMove) {
			what = fmt.Sprintf("a move is taken back at %s", stepsOfAMove[i])
		}
		first := "nothing to change"
		if s.first > 0 {
			first = fmt.Sprintf("%.1fs", s.first.Seconds())
		}
		b.report(fmt.Sprintf("%s, lifelike / %d: first change, partners served (remote work until then)", what, outageScale), "", "%s, %.1fs (%.1fs)", first, s.served.Seconds(), s.worked.Seconds())
	}
	return nil
}

// changeMind moves federation and takes that back when a step of the kind is under way.
func (b *bench) changeMind(ctx context.Context, kind plan.Kind, d farm.Durations) (mindChanged, error) {
	clock := &stage.Clock{}
	s, err := b.Open(ctx, "back-at-"+strings.ToLower(string(kind)), stage.Options{Durations: d, Clock: clock, Poll: time.Minute, Manager: []string{fmt.Sprintf("--poll=%s", outagePoll)}})
	if err != nil {
		return mindChanged{}, err
	}
	defer s.Close()
	dies := kind == plan.KindFailBackFrontEnd
	if dies { // before anybody looks, so that the move knows of it from its first step on
		if err := s.Org.Farm().SetPoolState(nobody, stage.FrontEnd, farm.PoolFailedOver); err != nil {
			return mindChanged{}, err
		}
	}
	r, err := s.Route(ctx, 5*time.Second, func(r *v1alpha1.FederationRoute) {
		r.Spec.DNS.TTL, r.Spec.FrontEndPools[0].FailBack = outageTTL, true
	})
	if err != nil {
		return mindChanged{}, err
	}
	seen := &partner.Partner{Resolver: s.Org.DNSServers()[0], Domain: string(r.Spec.SIP.Domains[0].Name)}
	watching, stop := context.WithCancel(ctx)
	var watcher errgroup.Group
	watcher.Go(func() error { seen.Watch(watching); return nil })
	defer func() { stop(); _ = watcher.Wait() }()
	if err := turn(ctx, s, r, stage.NewPool); err != nil {
		return mindChanged{}, err
	}
	if err := s.Until(ctx, r, func() bool { return underWay(r, kind) }); err != nil {
		return mindChanged{}, err
	}
	if dies {
		if err := s.Org.Farm().Kill(nobody, stage.NewPool); err != nil { // the machine has its pool's name
			return mindChanged{}, err
		}
	}
	from := time.Now()
	if err := turn(ctx, s, r, stage.OldPool); err != nil {
		return mindChanged{}, err
	}
	var out mindChanged
	err = s.Until(ctx, r, func() bool {
		if r.Status.ObservedGeneration != r.Generation {
			return false
		}
		if out.first == 0 && changes(r, from) {
			out.first = time.Since(from)
		}
		return string(r.Spec.EdgePool) == r.Status.SIPEdgePool && !busy(r)
	})
	time.Sleep(2 * partner.EveryLook) // the partner has looked since
	out.served = seen.ServedAfter(from)
	out.worked = clock.Needed(s.Org, from, from.Add(out.served))
	return out, err
}

// turn changes the one line that moves federation.
func turn(ctx context.Context, s *stage.Scene, r *v1alpha1.FederationRoute, pool string) error {
	base := r.DeepCopy()
	r.Spec.EdgePool = v1alpha1.Hostname(pool)
	return s.Objects.Patch(ctx, r, client.MergeFrom(base))
}

// underWay reports whether a step of the kind runs for the present spec, or has just ended.
func underWay(r *v1alpha1.FederationRoute, kind plan.Kind) bool {
	return r.Status.ObservedGeneration == r.Generation && r.Status.Plan != nil && slices.ContainsFunc(r.Status.Plan.Steps, func(s v1alpha1.Step) bool {
		return s.Kind == string(kind) && s.State != v1alpha1.StepPending
	})
}

// changes reports whether a step of the present plan that changes something began after the
// time. Status keeps seconds.
func changes(r *v1alpha1.FederationRoute, from time.Time) bool {
	return r.Status.Plan != nil && slices.ContainsFunc(r.Status.Plan.Steps, func(s v1alpha1.Step) bool {
		return s.Started != nil && !s.Started.Time.Before(from.Truncate(time.Second)) && !plan.Kind(s.Kind).Looks() && strings.Contains(s.To, stage.OldPool)
	})
}

// busy reports whether a step of the move, or of the way back, is still to be taken. What is
// left for after the drain is not.
func busy(r *v1alpha1.FederationRoute) bool {
	for _, c := range r.Status.Conditions {
		if c.Type == v1alpha1.ConditionReady {
			return c.Reason != v1alpha1.ReasonInSync && c.Reason != v1alpha1.ReasonDraining
		}
	}
	return true
}
