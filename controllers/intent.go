package controllers

import (
	"net/netip"
	"net/url"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// intentOf puts a route's spec into the words of the domain.
func intentOf(spec v1alpha1.FederationRouteSpec, topology v1alpha1.LyncTopologySpec) plan.Intent {
	in := plan.Intent{
		EdgePool:      string(spec.EdgePool),
		Strategy:      strategies[spec.Strategy],
		Rollout:       rollouts[spec.Rollout],
		ManageFlags:   spec.TopologyFlags != v1alpha1.FlagsVerify,
		PortsConnect:  spec.Ports == v1alpha1.PortsConnect,
		Servers:       map[lync.Host]plan.ServerOverride{},
		Hosts:         map[lync.Host]string{},
		FollowNextHop: spec.NextHop == v1alpha1.NextHopFollow,
	}
	for _, pool := range spec.StandbyEdgePools {
		in.Standby = append(in.Standby, string(pool))
	}
	for _, pool := range spec.Prepare {
		in.Prepare = append(in.Prepare, string(pool))
	}
	if spec.SIP != nil {
		in.Protocols = append(in.Protocols, protocolIntent(lync.SIP, *spec.SIP))
	}
	if spec.XMPP != nil {
		in.Protocols = append(in.Protocols, protocolIntent(lync.XMPP, *spec.XMPP))
	}
	in.FrontEnds = frontEnds(spec)
	if spec.DNS != nil {
		in.DNS = &plan.DNSIntent{TTL: uint32(spec.DNS.TTL), MoveTTL: uint32(spec.DNS.MoveTTL), Ways: waysOf(*spec.DNS), Adopt: spec.DNS.Adopt,
			LeavesBehind: spec.DNS.OnBlocked == v1alpha1.BlockedLeave} // the schema bounds TTL
		for _, server := range spec.DNS.Servers {
			in.DNS.Zones = append(in.DNS.Zones, string(server.Zone))
		}
	}
	for _, o := range overrides(topology) {
		in.Servers[lync.HostOf(string(o.FQDN))] = plan.ServerOverride{ExternalAddresses: addresses(o.ExternalAddresses), OutOfService: o.OutOfService}
	}
	for _, e := range topology.Management.Endpoints {
		if at, err := url.Parse(string(e.URL)); err == nil && e.ServerName != "" {
			in.Hosts[lync.HostOf(string(e.ServerName))] = at.Hostname()
		}
	}
	return in
}

var strategies = map[v1alpha1.Strategy]plan.Strategy{v1alpha1.StrategyPrepareFirst: plan.PrepareFirst, v1alpha1.StrategyProcedure: plan.Procedure}

var rollouts = map[v1alpha1.Rollout]plan.Rollout{v1alpha1.RolloutRolling: plan.Rolling, v1alpha1.RolloutParallel: plan.Parallel}

func frontEnds(spec v1alpha1.FederationRouteSpec) []plan.FrontEnd {
	var out []plan.FrontEnd
	for _, fe := range spec.FrontEndPools {
		out = append(out, plan.FrontEnd{FQDN: string(fe.FQDN), FailBack: fe.FailBack, EdgePool: string(fe.EdgePool)})
	}
	return out
}

func protocolIntent(p lync.Protocol, route v1alpha1.ProtocolRoute) plan.ProtocolIntent {
	in := plan.ProtocolIntent{Protocol: p, Sites: route.Sites}
	for _, d := range route.Domains {
		in.Domains = append(in.Domains, domain(d))
	}
	return in
}

// domain converts numbers that the schema bounds.
func domain(d v1alpha1.Domain) plan.Domain {
	out := plan.Domain{Name: string(d.Name), Host: string(d.Host), Priority: uint16(d.Priority), Weight: uint16(d.Weight), Apex: d.Apex}
	for _, s := range d.Standby {
		out.Standby = append(out.Standby, plan.Standby{EdgePool: string(s.EdgePool), Host: string(s.Host), Priority: uint16(s.Priority), Weight: uint16(s.Weight)})
	}
	return out
}

// addresses parses IP addresses, which the schema has already checked.
func addresses(texts []string) []netip.Addr {
	var out []netip.Addr
	for _, text := range texts {
		if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, a.Unmap())
		}
	}
	return out
}
