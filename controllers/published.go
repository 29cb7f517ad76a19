package controllers

import (
	"context"
	"net/netip"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// publishedPort is a federation port of a machine in the Edge pool that hosts a protocol
// of the route now. Machines behind a load balancer share an address.
type publishedPort struct {
	protocol     lync.Protocol
	pool, server string
	target       probe.Target
}

// labels are the further labels of the port's series.
func (p publishedPort) labels() []string {
	return []string{string(p.protocol), p.pool, p.server, p.target.Where()}
}

// publishedPorts lists the ports of the Edge pools that host federation now, which may be
// others than the spec wants. It goes by what was last seen, so it has them also while the
// organization cannot be observed and after a restart. A protocol whose sites use
// different pools has none.
func publishedPorts(in plan.Intent, active map[lync.Protocol]string, seen []v1alpha1.EdgePoolStatus) []publishedPort {
	var out []publishedPort
	for _, p := range in.Protocols {
		domain := ""
		if len(p.Domains) > 0 {
			domain = p.Domains[0].Name
		}
		for _, pool := range seen {
			if !lync.SameHost(pool.FQDN, active[p.Protocol]) {
				continue
			}
			for _, server := range pool.Servers {
				for _, text := range server.ExternalAddresses {
					if address, err := netip.ParseAddr(text); err == nil {
						out = append(out, publishedPort{p.Protocol, pool.FQDN, server.FQDN,
							probe.Target{Address: address, Protocol: p.Protocol, Domain: domain, Connect: in.PortsConnect}})
					}
				}
			}
		}
	}
	return out
}

// measure is what published ports answered.
type measure map[publishedPort]probe.Reading

// measurePorts asks the published ports that this reconcile has not asked yet, and shows
// all answers in the metrics. While a run is under way it asks nothing: the run moves
// federation, and its steps ask. Ports that answer slowly are asked in the background.
// Fault: Internal.
func (s *scope) measurePorts(ctx context.Context) error {
	if s.running() {
		return nil
	}
	route := s.route.Status
	all := publishedPorts(intentOf(s.route.Spec, s.topology.Spec),
		map[lync.Protocol]string{lync.SIP: route.SIPEdgePool, lync.XMPP: route.XMPPEdgePool}, s.topology.Status.EdgePools)
	key, known, asked := client.ObjectKeyFromObject(s.route), s.facts.Observed.Ports, s.ports
	return s.measures.Look(ctx, objectOf(s.route), editionOf(s.route), func(ctx context.Context) (measure, error) {
		var unasked []probe.Target
		for _, p := range all {
			if _, asked := known[p.target]; !asked {
				unasked = append(unasked, p.target)
			}
		}
		read, err := asked.Read(ctx, unasked, time.Time{})
		if err != nil {
			return nil, err
		}
		answers := make(measure, len(all))
		for _, p := range all {
			if r, asked := known[p.target]; asked {
				answers[p] = r
			} else {
				answers[p] = read[p.target]
			}
		}
		observePorts(key, answers)
		return answers, nil
	}).Err
}
