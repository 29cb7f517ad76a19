package main

import (
	"time"

	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// placed is the sample route for this run. It names the pool and the DNS servers of
// the simulated organization, the primary first, and has a shorter poll interval
// than usual.
func placed(sample []byte, pool string, servers []string) ([]byte, error) {
	var route v1alpha1.FederationRoute
	if err := yaml.UnmarshalStrict(sample, &route); err != nil {
		return nil, err
	}
	route.Spec.EdgePool = v1alpha1.Hostname(pool)
	route.Spec.Interval.Duration = 5 * time.Second
	for i := range route.Spec.DNS.Servers {
		route.Spec.DNS.Servers[i].Address, route.Spec.DNS.Servers[i].ReadBackFrom = servers[0], servers
	}
	return yaml.Marshal(route)
}
