package controllers

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/lync"
)

// topologyIndex finds routes by the name of their LyncTopology.
const topologyIndex = "spec.topologyRef.name"

// holder finds an older route of the same organization that claims one of this
// route's switches. A route holds what its spec names for as long as it exists:
// suspended, waiting for approval, being deleted, or with a name in it that does
// not exist. A route that only observes holds none.
func (s *scope) holder(ctx context.Context, t lync.Topology) (route, claim string, err error) {
	var all v1alpha1.FederationRouteList
	if err := s.options.Client.List(ctx, &all, client.InNamespace(s.route.Namespace),
		client.MatchingFields{topologyIndex: s.route.Spec.TopologyRef.Name}); err != nil {
		return "", "", err
	}
	var others []guard.Claims
	for i := range all.Items {
		other := &all.Items[i]
		if other.UID != s.route.UID && other.Spec.Mode != v1alpha1.ModeObserve {
			others = append(others, s.claims(other, t))
		}
	}
	route, claim = guard.Holder(s.claims(s.route, t), others)
	return route, claim, nil
}

func (s *scope) claims(route *v1alpha1.FederationRoute, t lync.Topology) guard.Claims {
	return guard.Claims{Route: route.Namespace + "/" + route.Name, Created: route.CreationTimestamp.Time,
		Switches: guard.ClaimsOf(intentOf(route.Spec, s.topology.Spec), t)}
}
