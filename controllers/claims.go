package controllers

import (
	"cmp"
	"context"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// holder finds an older route of the same namespace that claims one of this route's
// switches. A route holds what its spec names for as long as the route exists. It does so
// while it is suspended, waits for approval or is being deleted. It does so, too, when a
// name in its spec does not exist, even that of its LyncTopology. A route in mode Observe
// holds none. Where both want a switch to have the same value, both may set it.
func (s *scope) holder(ctx context.Context, t lync.Topology) (route, claim string, err error) {
	var all v1alpha1.FederationRouteList
	var topologies v1alpha1.LyncTopologyList
	for _, list := range []client.ObjectList{&all, &topologies} {
		if err := s.options.Client.List(ctx, list, client.InNamespace(s.route.Namespace), client.UnsafeDisableDeepCopy); err != nil {
			return "", "", err
		}
	}
	here := s.organization(t)
	var others []guard.Claims
	for i := range all.Items {
		other := &all.Items[i]
		if other.UID == s.route.UID || other.Spec.Mode == v1alpha1.ModeObserve {
			continue
		}
		at := topologyOf(other, topologies.Items)
		claims := claimsOf(other)
		switch {
		case at == nil || at.Name == s.topology.Name || here.Same(status.OrganizationOf(at)): // nil: the name may be mistyped
			claims.Switches = guard.ClaimsOf(s.intentAt(other, at), t)
		case s.topology.Spec.Twin || at.Spec.Twin:
			continue // a rehearsal is held apart from what it is a copy of
		default:
			seen, _ := s.sights.Get(memory.Object(client.ObjectKeyFromObject(at)))
			claims.Switches = guard.RecordsOf(s.intentAt(other, at), seen.Snapshot.Topology.Value)
		}
		others = append(others, claims)
	}
	mine := claimsOf(s.route)
	mine.Switches = guard.ClaimsOf(s.intentAt(s.route, &s.topology), t)
	route, claim = guard.Holder(mine, others)
	return route, claim, nil
}

// holderDuringRun gives what finds an older route while a run is under way. It has its own
// copy of the route, because the reconcile goes on to write the route's status.
func (s *scope) holderDuringRun(ctx context.Context, t lync.Topology) func() (route, claim string, err error) {
	ctx = context.WithoutCancel(ctx) // the run outlives the reconcile
	own := scope{FederationRouteReconciler: s.FederationRouteReconciler, route: s.route.DeepCopy(), topology: s.topology}
	return func() (route, claim string, err error) { return own.holder(ctx, t) }
}

// topologyOf finds the LyncTopology of a route; nil where none has that name.
func topologyOf(route *v1alpha1.FederationRoute, known []v1alpha1.LyncTopology) *v1alpha1.LyncTopology {
	i := slices.IndexFunc(known, func(lt v1alpha1.LyncTopology) bool { return lt.Name == route.Spec.TopologyRef.Name })
	if i < 0 {
		return nil
	}
	return &known[i]
}

// organization is this route's organization, as it was just seen. The status of its
// LyncTopology may not be written yet; it tells what was not seen now.
func (s *scope) organization(t lync.Topology) status.Organization {
	seen := v1alpha1.LyncTopology{Spec: s.topology.Spec}
	seen.Status.DefaultDomain = cmp.Or(t.DefaultDomain, s.topology.Status.DefaultDomain)
	if len(t.Sites) == 0 {
		seen.Status.Sites = s.topology.Status.Sites
	}
	for _, site := range t.Sites {
		seen.Status.Sites = append(seen.Status.Sites, v1alpha1.SiteStatus{Name: site.Name})
	}
	return status.OrganizationOf(&seen)
}

// intentAt is the intent of a route whose LyncTopology is given; nil stands for this route's.
func (s *scope) intentAt(route *v1alpha1.FederationRoute, at *v1alpha1.LyncTopology) plan.Intent {
	if at == nil {
		at = &s.topology
	}
	return intentOf(route.Spec, at.Spec)
}

// claimsOf gives a route's claims without its switches.
func claimsOf(route *v1alpha1.FederationRoute) guard.Claims {
	return guard.Claims{Route: route.Namespace + "/" + route.Name, Created: route.CreationTimestamp.Time,
		Shares: route.Spec.Mode == v1alpha1.ModeEnforce && !route.Spec.Suspend && route.DeletionTimestamp.IsZero()}
}
