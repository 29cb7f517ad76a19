package controllers

import (
	"context"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/lync"
)

// holder finds an older route of the same organization that claims one of this route's
// switches. A route holds what its spec names for as long as the route exists. It does so
// while it is suspended, waits for approval or is being deleted. It does so, too, when a
// name in its spec does not exist, even that of its LyncTopology. A route in mode Observe
// holds none. Where both want a site to use the same Edge pool, both may set its route.
func (s *scope) holder(ctx context.Context, t lync.Topology) (route, claim string, err error) {
	var all v1alpha1.FederationRouteList
	var topologies v1alpha1.LyncTopologyList
	for _, list := range []client.ObjectList{&all, &topologies} {
		if err := s.options.Client.List(ctx, list, client.InNamespace(s.route.Namespace), client.UnsafeDisableDeepCopy); err != nil {
			return "", "", err
		}
	}
	var others []guard.Claims
	for i := range all.Items {
		other := &all.Items[i]
		if other.UID != s.route.UID && other.Spec.Mode != v1alpha1.ModeObserve && s.mayShare(other.Spec.TopologyRef.Name, topologies.Items) {
			others = append(others, s.claims(other, t))
		}
	}
	route, claim = guard.Holder(s.claims(s.route, t), others)
	return route, claim, nil
}

// mayShare reports whether the LyncTopology of that name may describe this route's
// organization. Where no LyncTopology has that name, the answer is yes: the name may be
// mistyped.
func (s *scope) mayShare(name string, known []v1alpha1.LyncTopology) bool {
	return name == s.route.Spec.TopologyRef.Name ||
		!slices.ContainsFunc(known, func(lt v1alpha1.LyncTopology) bool { return lt.Name == name })
}

func (s *scope) claims(route *v1alpha1.FederationRoute, t lync.Topology) guard.Claims {
	return guard.Claims{Route: route.Namespace + "/" + route.Name, Created: route.CreationTimestamp.Time,
		Shares:   route.Spec.Mode == v1alpha1.ModeEnforce && !route.Spec.Suspend && route.DeletionTimestamp.IsZero(),
		Switches: guard.ClaimsOf(intentOf(route.Spec, s.topology.Spec), t)}
}
