package controllers

import (
	"context"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/memory/signers"
)

// signer gives the key or account that signs updates for a DNS server of the spec. It
// reads the Secret at each call, so that a rotated Secret counts at once.
func signer(ctx context.Context, server v1alpha1.DNSServer, keys secrets, held *signers.Memory) (rfc2136.Signer, error) {
	switch {
	case server.TSIGSecretRef != nil:
		return keys.tsig(ctx, server.TSIGSecretRef.Name)
	case server.GSSTSIG != nil:
		account, err := keys.kerberos(ctx, server.GSSTSIG.SecretRef.Name)
		if err != nil {
			return nil, err
		}
		account.Host = string(server.GSSTSIG.ServerName)
		return held.Kerberos(signers.Key{Namespace: keys.namespace, Secret: server.GSSTSIG.SecretRef.Name,
			Server: server.Address, ServerName: account.Host, Zone: string(server.Zone)}, account)
	default:
		return nil, fault.New(fault.Invalid, "sign updates of", string(server.Zone), "neither tsigSecretRef nor gssTsig is given").
			With("no record can be changed", "give the zone one of the two in spec.dns.servers")
	}
}
