package lync

import (
	"slices"
	"strings"
)

// Host is the name of a machine or a pool as DNS compares names: in lower case, without a
// final dot. Maps that are keyed by the name of a machine use its Host.
type Host string

// HostOf gives the Host that a name stands for, however it is written.
func HostOf(fqdn string) Host { return Host(strings.ToLower(strings.TrimSuffix(fqdn, "."))) }

// SameHost reports whether two names stand for one Host.
func SameHost(a, b string) bool { return HostOf(a) == HostOf(b) }

// ContainsHost reports whether one of the names stands for the Host of a name.
func ContainsHost(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return SameHost(n, name) })
}
