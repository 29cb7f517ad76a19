package controllers

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/status"
)

// secretPrint tells whether any Secret of a route has changed, without keeping one.
type secretPrint [sha256.Size]byte

// print reads the named Secrets. One that is missing, or lacks everything, prints
// as such.
func (s secrets) print(ctx context.Context, names []string) (secretPrint, error) {
	all := sha256.New()
	put := func(b []byte) {
		all.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b))))
		all.Write(b)
	}
	for _, name := range names {
		data, err := s.get(ctx, name)
		if _, missing := errors.AsType[*status.Missing](err); err != nil && !missing {
			return secretPrint{}, err
		}
		put([]byte(name))
		for _, key := range slices.Sorted(maps.Keys(data)) {
			put([]byte(key))
			put(data[key])
		}
	}
	return secretPrint(all.Sum(nil)), nil
}

// secretsOf names every Secret that a run of the route signs in with.
func secretsOf(route v1alpha1.FederationRouteSpec, topology v1alpha1.LyncTopologySpec) []string {
	names := []string{topology.Management.Authentication.SecretRef.Name}
	if topology.EdgeServers != nil {
		names = append(names, topology.EdgeServers.Authentication.SecretRef.Name)
	}
	for _, server := range cmp.Or(route.DNS, &v1alpha1.DNS{}).Servers {
		switch {
		case server.TSIGSecretRef != nil:
			names = append(names, server.TSIGSecretRef.Name)
		case server.GSSTSIG != nil:
			names = append(names, server.GSSTSIG.SecretRef.Name)
		case server.Authentication != nil:
			names = append(names, server.Authentication.SecretRef.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
