package plan

import (
	"slices"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
)

// Observed is everything a plan is made from. Unknown parts carry their error.
type Observed struct {
	// Topology may have unknown parts, which Resolve can do without.
	Topology    lync.Topology
	EdgeServers map[lync.Host]lync.Part[lync.EdgeServerState]
	// Certificates are those that the Edge machines show partners. At is when they were read.
	Certificates map[lync.Host]lync.Part[lync.Certificate]
	At           time.Time
	// Unwritten are the targets of zones whose latest update failed lately.
	Unwritten map[string]bool
	// NotStarted names the machines whose services an earlier run could not start.
	NotStarted map[lync.Host]bool
	// Stopped names the machines whose services a step of an earlier run may have stopped
	// and not started again.
	Stopped map[lync.Host]bool
	// Document is the digest of the published topology document, read only where that
	// document is not in force. Published is the digest of the document that fedroute
	// published last.
	Document  lync.Part[string]
	Published string
	// SimpleURLs is what a publish of fedroute kept of them before it began, if nobody has
	// seen it end; else "".
	SimpleURLs string
	// Records holds the wanted sets, and the addresses that Further lists.
	Records map[dns.Key]lync.Part[dns.Lookup]
	// Adopted holds, by key, the hash of each set when it was last seen as the route wants
	// it. The set is the route's own since then.
	Adopted map[dns.Key]string
	Ports   map[probe.Target]probe.Reading
	// Setups holds, by machine, the protocols whose ports setup installed there last, as far
	// as that is known.
	Setups map[lync.Host][]lync.Protocol
	// Returning are machines that were left out and answer again: setup is due there first.
	Returning map[lync.Host]bool
	// Hops are the next hops that fedroute changed and has not set back.
	Hops []Hop
	// Drain says how far partners have left the pools that federation left.
	Drain Drain
	// Lowering says how far partners have forgotten the TTL that was lowered for a move.
	Lowering Lowering
}

// Aspect names what a difference belongs to; status has a condition for each.
type Aspect string

// The aspects of a route.
const (
	AspectSIP       Aspect = "SIP"
	AspectXMPP      Aspect = "XMPP"
	AspectDNS       Aspect = "DNS"
	AspectPorts     Aspect = "Ports"
	AspectFrontEnds Aspect = "FrontEnds"
	AspectServices  Aspect = "Services"
	AspectStandby   Aspect = "Standby" // the pools that are kept prepared
)

// Difference is one field that is not as wanted.
type Difference struct {
	Aspect Aspect
	Field  string
	Wanted string
	Found  string
	// Settable: a step sets the field to the wanted value.
	Settable bool
	// Kept: the value is the one that was wanted before, and another one is wanted now.
	Kept bool
}

// Obstacle is why a part of the plan cannot be made or carried out. It holds the steps on
// the resources that it names, or those that need the part of the topology that it lacks; and
// those that wait for them. Its error is a fault. Status takes the reason from its kind and
// the message from its sentence.
type Obstacle struct {
	Aspect Aspect
	Holds  []Resource        // the first one names what the obstacle is about
	Lacks  lync.TopologyPart // "" for none; it names the part where there is no resource
	// Stays: federation stays where it is meanwhile. The obstacle also holds the site routes.
	Stays bool
	Err   error
}

// Part names what the obstacle is about, such as "zone contoso.com".
func (o Obstacle) Part() string {
	switch {
	case len(o.Holds) > 0:
		return o.Holds[0].String()
	case o.Lacks != "":
		return string(o.Lacks)
	}
	return string(o.Aspect)
}

// holds reports whether the obstacle itself holds the step.
func (o Obstacle) holds(s Step) bool {
	on := s.On()
	return s.Kind().needs(o.Lacks) || o.Stays && s.Kind() == KindSetSiteRoute || slices.ContainsFunc(o.Holds, func(r Resource) bool { return slices.Contains(on, r) })
}

func (o Observed) server(s lync.EdgeServer) lync.Part[lync.EdgeServerState] {
	part, ok := o.EdgeServers[lync.HostOf(s.FQDN)]
	if !ok {
		part.Err = fault.New(fault.Unreachable, "read Edge server", s.FQDN, "it has not been read yet")
	}
	return part
}

func (o Observed) route(site string, p lync.Protocol) string {
	found, _ := o.Topology.Site(site) // an unknown site has no route
	return found.Route(p)
}

// ActivePool is the Edge pool that all sites of the protocol use. It is empty when sites
// use different pools, when a site has no route, or when its route names no Edge pool.
func ActivePool(t lync.Topology, p DesiredProtocol) string {
	active := ""
	for i, name := range p.Sites {
		site, ok := t.Site(name)
		if !ok {
			return ""
		}
		route := site.Route(p.Protocol)
		if i > 0 && !lync.SameHost(route, active) {
			return ""
		}
		active = route
	}
	if _, edge := t.EdgePool(active); !edge {
		return ""
	}
	return active
}

// flagsOf lists the federation flags that must change. The flag of the Edge pool goes on.
// The flags of the standby pools, and of the pools that a managed site leaves or left, go
// off. A pool that serves a site outside the FederationRoute keeps its flag, and so do one
// that serves a site whose route is left and one that is kept prepared.
func flagsOf(d Desired, o Observed, p DesiredProtocol) []lync.Flag {
	var out []lync.Flag
	if !d.Pool.Enabled(p.Protocol) {
		out = append(out, lync.Flag{Pool: d.Pool.FQDN, Protocol: p.Protocol, On: true})
	}
	leaving := slices.Concat(d.Standby, d.Leaves)
	for _, site := range p.Sites {
		leaving = append(leaving, o.route(site, p.Protocol))
	}
	for _, pool := range o.Topology.EdgePools {
		if lync.ContainsHost(leaving, pool.FQDN) && !d.keeps(pool.FQDN) && pool.Enabled(p.Protocol) && !o.servesOthers(pool.FQDN, p, d.Left) {
			out = append(out, lync.Flag{Pool: pool.FQDN, Protocol: p.Protocol})
		}
	}
	return out
}

func (o Observed) servesOthers(pool string, p DesiredProtocol, left map[string]bool) bool {
	return slices.ContainsFunc(o.Topology.Sites, func(s lync.Site) bool {
		leads := !slices.Contains(p.Sites, s.Name) || left[routeSetting(p.Protocol, s.Name, pool).Field]
		return leads && lync.SameHost(s.Route(p.Protocol), pool)
	})
}

func aspectOf(p lync.Protocol) Aspect {
	if p == lync.XMPP {
		return AspectXMPP
	}
	return AspectSIP
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
