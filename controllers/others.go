package controllers

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/status"
)

// others lists, by protocol, the Edge pools that the other routes of the LyncTopology let
// federate, whatever their mode.
func (s *scope) others(ctx context.Context) (map[lync.Protocol][]string, error) {
	var routes v1alpha1.FederationRouteList
	if err := s.options.Client.List(ctx, &routes, client.InNamespace(s.route.Namespace),
		client.MatchingFields{topologyIndex: s.route.Spec.TopologyRef.Name}, client.UnsafeDisableDeepCopy); err != nil {
		return nil, err
	}
	out := make(map[lync.Protocol][]string)
	for i := range routes.Items {
		if routes.Items[i].UID == s.route.UID {
			continue
		}
		for protocol, pools := range status.Federating(routes.Items[i].Spec) {
			out[protocol] = append(out[protocol], pools...)
		}
	}
	return out, nil
}
