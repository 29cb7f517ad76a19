package controllers

import (
	"context"
	"fmt"
	"maps"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory/standings"
	"github.com/fedroute/fedroute/internal/plan"
)

// turn lets a server be asked, or says why it is left alone.
type turn = func(ctx context.Context, server string) (done func(error), err error)

// readers opens every zone of the spec for reading. No key is needed for that, except
// where the spec wants queries signed. turn is waited for before a server is asked; nil: a
// run asks without it.
func readers(ctx context.Context, spec *v1alpha1.DNS, keys secrets, names *standings.Memory, turn turn) (map[string]dns.Reader, error) {
	out := map[string]dns.Reader{}
	if spec == nil {
		return out, nil
	}
	for _, server := range spec.Servers {
		c, err := zoneConfig(ctx, server, keys, names)
		if err != nil {
			return nil, err
		}
		c.Turn = turn
		r, err := rfc2136.NewReader(c)
		if err != nil {
			return nil, err
		}
		out[string(server.Zone)] = r
	}
	return out, nil
}

// zoneConfig says where a zone is read and changed. Those who read it in one way share what
// they know of its names.
func zoneConfig(ctx context.Context, server v1alpha1.DNSServer, keys secrets, names *standings.Memory) (c rfc2136.Config, err error) {
	c = rfc2136.Config{Server: server.Address, Zone: string(server.Zone), Secondaries: server.ReadBackFrom, Reach: keys.reach}
	if len(server.ReadBackFrom) > 0 {
		c.Discovery = rfc2136.DiscoverNone
	}
	way := standings.Key{Server: server.Address, Zone: string(server.Zone)}
	if server.SignQueries && server.TSIGSecretRef != nil {
		way.Namespace, way.Secret = keys.namespace, server.TSIGSecretRef.Name
		c.QueryKey, err = keys.tsig(ctx, server.TSIGSecretRef.Name)
	}
	c.Standings = names.Of(way)
	return c, err
}

// lookUpAll reads every wanted record, and then the addresses that tell whose the found
// records are.
func lookUpAll(ctx context.Context, open map[string]dns.Reader, d plan.Desired) map[dns.Key]lync.Part[dns.Lookup] {
	found := lookUp(ctx, open, d.Records)
	maps.Copy(found, lookUp(ctx, open, d.Further(found)))
	return found
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
	err := group.Wait() // readZone keeps its own errors in the parts
	close(found)
	out := map[dns.Key]lync.Part[dns.Lookup]{}
	for _, r := range records { // a record that nobody read is unknown, not absent
		if err != nil {
			out[r.Key] = lync.Part[dns.Lookup]{Err: err}
		}
	}
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
