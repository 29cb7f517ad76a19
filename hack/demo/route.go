package main

import (
	"fmt"
	"strings"
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

// changed shows how many lines of a file became others and the new ones, and nothing
// for a new file.
func changed(before, after string) string {
	was := map[string]bool{}
	for line := range strings.Lines(before) {
		was[line] = true
	}
	var lines []string
	for line := range strings.Lines(after) {
		if !was[line] {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	switch {
	case before == "":
		return ""
	case len(lines) == 1:
		return "changed: the line " + lines[0]
	}
	return fmt.Sprintf("changed: %d lines, %s", len(lines), strings.Join(lines, "; "))
}
