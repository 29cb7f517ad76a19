package plan

import (
	"net/netip"
	"slices"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
)

// joining lists the machines of the Edge pool that the changes of records lead partners to,
// each with the addresses that nobody before it in the list has. Partners are led to each
// machine as soon as it answers. It lists none where one step can lead them to all: all are
// known to answer already, the pool has no other machine, or Parallel waits for all of them.
func (c comparison) joining(due []Record) []lync.EdgeServer {
	var added []string
	var protocols []lync.Protocol
	for _, want := range due {
		if want.Type == dns.SRV {
			continue
		}
		protocols = append(protocols, want.Protocols...)
		for _, address := range want.Data {
			if !slices.Contains(c.o.Records[want.Key].Value.Set.Data, address) {
				added = append(added, address)
			}
		}
	}
	silent := slices.ContainsFunc(c.d.targetsOf(protocols), func(t probe.Target) bool { return !c.o.Ports[t].Answers() })
	unknown := slices.ContainsFunc(c.d.Pool.Servers, func(s lync.EdgeServer) bool { return !c.o.server(s).Known() })
	if c.d.Rollout == Parallel || !silent && !unknown {
		return nil
	}
	var out []lync.EdgeServer
	for _, s := range c.d.Pool.Servers {
		s.ExternalAddresses = slices.DeleteFunc(slices.Clone(s.ExternalAddresses), func(a netip.Addr) bool {
			return !slices.Contains(added, a.String()) || slices.ContainsFunc(out, func(o lync.EdgeServer) bool { return slices.Contains(o.ExternalAddresses, a) })
		})
		if len(s.ExternalAddresses) > 0 {
			out = append(out, s)
		}
	}
	alone := len(out) == 1 && !slices.ContainsFunc(c.d.Targets, func(t probe.Target) bool { return !slices.Contains(out[0].ExternalAddresses, t.Address) })
	if alone {
		return nil
	}
	return out
}

// asTheyAnswer makes one change of a zone for each joining machine of the change that leads
// partners to all of them. The first one that is made also changes what no machine adds.
func (c comparison) asTheyAnswer(whole UpdateDNS, joining []lync.EdgeServer) []UpdateDNS {
	if len(joining) == 0 {
		return []UpdateDNS{whole}
	}
	var out []UpdateDNS
	for _, s := range joining {
		one := whole
		one.Joins = s
		one.Ports = slices.DeleteFunc(slices.Clone(whole.Ports), func(t probe.Target) bool { return !slices.Contains(s.ExternalAddresses, t.Address) })
		out = append(out, one)
	}
	return out
}

// joins is what the words of a step say of the machine that joins.
func (a UpdateDNS) joins() string {
	if a.Joins.FQDN == "" {
		return ""
	}
	return "; of these " + a.Joins.FQDN + " as soon as it answers"
}

// Due gives the changes of the zone that are to be made now, where found shows its sets. A
// machine that joins keeps the addresses of the machines that joined before. A set that
// shows anything else must be as it was when the plan was made, and is replaced.
func (a UpdateDNS) Due(found map[dns.Key]dns.Lookup) []dns.Change {
	if a.Joins.FQDN == "" {
		return a.Changes
	}
	var out []dns.Change
	for _, ch := range a.Changes {
		now := found[ch.To.Key].Set
		now.Key = ch.To.Key
		if ch.To.Type != dns.SRV {
			if !slices.ContainsFunc(now.Data, func(address string) bool { return !slices.Contains(ch.To.Data, address) }) {
				ch.From = now
			}
			ch.To.Data = slices.DeleteFunc(slices.Clone(ch.To.Data), func(address string) bool {
				return !slices.Contains(now.Data, address) && !slices.ContainsFunc(a.Joins.ExternalAddresses, func(own netip.Addr) bool { return own.String() == address })
			})
		}
		if !now.Same(ch.To) {
			out = append(out, ch)
		}
	}
	return out
}
