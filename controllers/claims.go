package controllers

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// topologyIndex finds routes by the name of their LyncTopology.
const topologyIndex = "spec.topologyRef.name"

// holder finds an older route of the same organization that claims one of this
// route's switches. A route that only observes holds none.
func (s *scope) holder(ctx context.Context, t lync.Topology) (route, claim string, err error) {
	var all v1alpha1.FederationRouteList
	if err := s.options.Client.List(ctx, &all, client.InNamespace(s.route.Namespace),
		client.MatchingFields{topologyIndex: s.route.Spec.TopologyRef.Name}); err != nil {
		return "", "", err
	}
	mine := claims(s.route, s.facts.Desired)
	var others []guard.Claims
	for i := range all.Items {
		other := &all.Items[i]
		if other.UID == s.route.UID || other.Spec.Mode == v1alpha1.ModeObserve || !guard.Older(claims(other, plan.Desired{}), mine) {
			continue
		}
		desired, err := plan.Resolve(intentOf(other.Spec, s.topology.Spec), t)
		if err == nil { // a route that names nothing real claims nothing
			others = append(others, claims(other, desired))
		}
	}
	route, claim = guard.Holder(mine, others)
	return route, claim, nil
}

func claims(route *v1alpha1.FederationRoute, d plan.Desired) guard.Claims {
	return guard.Claims{Route: route.Namespace + "/" + route.Name, Created: route.CreationTimestamp.Time, Switches: guard.ClaimsOf(d)}
}
