package controllers

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fingerprint"
	"github.com/fedroute/fedroute/internal/status"
)

// print gives a fingerprint of the named Secrets: it changes when one of them changes, and
// no Secret need be kept. A missing Secret gives the same print as an empty one.
func (s secrets) print(ctx context.Context, names []string) (fingerprint.Print, error) {
	var parts [][]byte
	for _, name := range names {
		data, err := s.get(ctx, name)
		if _, missing := errors.AsType[*status.Missing](err); err != nil && !missing {
			return fingerprint.Print{}, err
		}
		parts = append(parts, []byte(name))
		for _, key := range slices.Sorted(maps.Keys(data)) {
			parts = append(parts, []byte(key), data[key])
		}
	}
	return fingerprint.Of(parts...), nil
}

// secretsOf names every Secret that a run of the route signs in with.
func secretsOf(route v1alpha1.FederationRouteSpec, topology v1alpha1.LyncTopologySpec) []string {
	accounts := []v1alpha1.Accounts{topology.Management.Accounts, cmp.Or(topology.EdgeServers, &v1alpha1.EdgeServers{}).Accounts}
	for _, override := range overrides(topology) {
		accounts = append(accounts, override.Accounts)
	}
	var names []string
	for _, a := range accounts {
		for _, one := range []v1alpha1.Authentication{readerOf(a), operatorOf(a)} {
			if one.SecretRef.Name != "" {
				names = append(names, one.SecretRef.Name)
			}
		}
	}
	for _, server := range cmp.Or(route.DNS, &v1alpha1.DNS{}).Servers {
		if name := providerOf(server).secret(server); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
