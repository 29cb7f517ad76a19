package controllers

import (
	"context"
	"fmt"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// readers opens every zone of the spec for reading. No key is needed for that, except
// where the spec wants queries signed.
func readers(ctx context.Context, spec *v1alpha1.DNS, keys secrets) (map[string]dns.Reader, error) {
	out := map[string]dns.Reader{}
	if spec == nil {
		return out, nil
	}
	for _, server := range spec.Servers {
		c, err := zoneConfig(ctx, server, keys)
		if err != nil {
			return nil, err
		}
		r, err := rfc2136.NewReader(c)
		if err != nil {
			return nil, err
		}
		out[string(server.Zone)] = r
	}
	return out, nil
}

func zoneConfig(ctx context.Context, server v1alpha1.DNSServer, keys secrets) (c rfc2136.Config, err error) {
	c = rfc2136.Config{Server: server.Address, Zone: string(server.Zone), Secondaries: server.ReadBackFrom}
	if len(server.ReadBackFrom) > 0 {
		c.Discovery = rfc2136.DiscoverNone
	}
	if server.SignQueries && server.TSIGSecretRef != nil {
		c.QueryKey, err = keys.tsig(ctx, server.TSIGSecretRef.Name)
	}
	return c, err
}

// lookUp reads every wanted record and asks the zones at the same time. The records of a
// zone that cannot be read are unknown.
func lookUp(ctx context.Context, open map[string]dns.Reader, records []plan.Record) map[dns.Key]lync.Part[dns.Lookup] {
	keys := map[string][]dns.Key{}
	for _, r := range records {
		keys[r.Zone] = append(keys[r.Zone], r.Key)
	}
	found := make(chan map[dns.Key]lync.Part[dns.Lookup], len(keys))
	var group contain.Group
	group.SetLimit(16)
	for zone, wanted := range keys {
		group.Go(opLookUp, zone, func() error {
			found <- readZone(ctx, open[zone], zone, wanted)
			return nil
		})
	}
	_ = group.Wait() // readZone keeps its errors in the parts
	close(found)
	out := map[dns.Key]lync.Part[dns.Lookup]{}
	for part := range found {
		for k, v := range part {
			out[k] = v
		}
	}
	return out
}

const opLookUp = "look up"

func readZone(ctx context.Context, reader dns.Reader, zone string, keys []dns.Key) map[dns.Key]lync.Part[dns.Lookup] {
	out := map[dns.Key]lync.Part[dns.Lookup]{}
	found, err := contain.Value(opLookUp, zone, func() (map[dns.Key]dns.Lookup, error) { return reader.Read(ctx, keys) })
	for _, k := range keys {
		l, ok := found[k]
		switch {
		case err != nil:
			out[k] = lync.Part[dns.Lookup]{Err: err}
		case !ok:
			out[k] = lync.Part[dns.Lookup]{Err: fault.New(fault.Internal, opLookUp, fmt.Sprint(k), "zone "+zone+" gave no answer for it")}
		default:
			out[k] = lync.Part[dns.Lookup]{Value: l}
		}
	}
	return out
}
