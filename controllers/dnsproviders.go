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
	// way is what steps and history say of it; "" for the usual one. Approvals hold
	// it, so it stays as it is.
	way string
	// secret names the Secret that it signs in with; "" where that is none of the
	// zone's own.
	secret func(v1alpha1.DNSServer) string
	// open makes the writer of a zone. What it needs for that is looked at now, so
	// that a missing Secret is told before anything moves.
	open func(z zoneWriters, ctx context.Context, server v1alpha1.DNSServer) (dns.Writer, error)
}

// providers is the one table of them.
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
				return "" // the writer says that there is none
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

// providerOf gives the way in which the records of a zone are changed. An object
// that the API server gave no default takes the usual one.
func providerOf(server v1alpha1.DNSServer) provider {
	return providers[cmp.Or(server.Provider, v1alpha1.DynamicUpdate)]
}

// waysOf gives the ways of the zones that are changed in another than the usual one.
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
