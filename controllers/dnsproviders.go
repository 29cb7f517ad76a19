package controllers

import (
	"cmp"
	"context"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/dns"
)

// provider is one way to change the records of a zone, as
// spec.dns.servers[].provider names it. Reading is by DNS in all of them.
type provider struct {
	// way is the phrase that steps and history use for this provider; "" for the usual
	// one. Do not change it: approved plans contain it.
	way string
	// secret names the Secret that the provider signs in with; "" where the zone names
	// no Secret of its own.
	secret func(v1alpha1.DNSServer) string
	// open makes the writer of a zone. It reads the Secret at once, so that a missing
	// Secret is reported before any step is taken.
	open func(z zoneWriters, ctx context.Context, server v1alpha1.DNSServer) (dns.Writer, error)
}

// providers is the table of all providers.
var providers = map[v1alpha1.DNSProvider]provider{
	v1alpha1.DynamicUpdate: {
		open: zoneWriters.signed,
		secret: func(server v1alpha1.DNSServer) string {
			switch {
			case server.TSIGSecretRef != nil:
				return server.TSIGSecretRef.Name
			case server.GSSTSIG != nil:
				return server.GSSTSIG.SecretRef.Name
			default:
				return "" // opening the writer then fails: the zone names neither
			}
		},
	},
	v1alpha1.DNSServerCmdlets: {
		way:  "by DnsServer cmdlets",
		open: zoneWriters.cmdlets,
		secret: func(server v1alpha1.DNSServer) string {
			return cmp.Or(server.Authentication, &v1alpha1.Authentication{}).SecretRef.Name
		},
	},
}

// providerOf gives the provider of a zone. An object without the API server's default
// gets the usual provider.
func providerOf(server v1alpha1.DNSServer) provider {
	return providers[cmp.Or(server.Provider, v1alpha1.DynamicUpdate)]
}

// waysOf gives, by zone, the way of each zone that is not changed in the usual way.
func waysOf(spec v1alpha1.DNS) map[string]string {
	var out map[string]string
	for _, server := range spec.Servers {
		if way := providerOf(server).way; way != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[string(server.Zone)] = way
		}
	}
	return out
}
