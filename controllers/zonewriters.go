package controllers

import (
	"cmp"
	"context"
	"net"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/memory/signers"
	"github.com/fedroute/fedroute/internal/memory/standings"
	"github.com/fedroute/fedroute/internal/remote"
)

// zoneWriters opens zones for a run, each in the way that the spec says.
type zoneWriters struct {
	keys     secrets
	signers  *signers.Memory
	names    *standings.Memory
	fleet    *shell.Fleet // runs the cmdlets
	topology v1alpha1.LyncTopologySpec
	clock    apply.Clock
}

// zones opens every zone of the spec for reading and writing.
func (z zoneWriters) zones(ctx context.Context, spec *v1alpha1.DNS) (map[string]apply.Zone, error) {
	out := map[string]apply.Zone{}
	if spec == nil {
		return out, nil
	}
	open, err := readers(ctx, spec, z.keys, z.names, nil)
	if err != nil {
		return nil, err
	}
	for _, server := range spec.Servers {
		w, err := providerOf(server).open(z, ctx, server)
		if err != nil {
			return nil, err
		}
		out[string(server.Zone)] = apply.Zone{Reader: open[string(server.Zone)], Writer: measured{w, cmp.Or(server.Provider, v1alpha1.DynamicUpdate), z.clock}}
	}
	return out, nil
}

// signed opens a zone that takes signed updates.
func (z zoneWriters) signed(ctx context.Context, server v1alpha1.DNSServer) (dns.Writer, error) {
	signer, err := signer(ctx, server, z.keys, z.signers)
	if err != nil {
		return nil, err
	}
	c, err := zoneConfig(ctx, server, z.keys, z.names)
	if err != nil {
		return nil, err
	}
	return rfc2136.NewWriter(c, signer)
}

// cmdlets opens a zone that is changed in a shell on the DNS server itself. It reads the
// credentials now, so that a missing Secret is reported before any step is taken. Each
// call reads them again.
func (z zoneWriters) cmdlets(ctx context.Context, server v1alpha1.DNSServer) (dns.Writer, error) {
	account := operatorOf(z.topology.Management.Accounts)
	if server.Authentication != nil {
		account = *server.Authentication
	}
	if _, err := z.keys.credentials(ctx, account); err != nil {
		return nil, err
	}
	return shell.NewZoneWriter(z.fleet, shell.ZoneAccess{Zone: string(server.Zone), Endpoint: z.endpoint(server),
		Credentials: func(ctx context.Context) (remote.Credentials, error) { return z.keys.credentials(ctx, account) }}), nil
}

// endpoint is the DNS server's WSMan service.
func (z zoneWriters) endpoint(server v1alpha1.DNSServer) remote.Endpoint {
	roots := rootsOf(z.topology.CABundle)
	if server.Endpoint != nil {
		return endpointOf(*server.Endpoint, roots)
	}
	host, _, err := net.SplitHostPort(server.Address)
	if err != nil {
		host = server.Address // without a port; reading the zone fails where it is no address
	}
	return remote.Endpoint{URL: "https://" + net.JoinHostPort(host, "5986") + "/wsman", Roots: roots}
}
