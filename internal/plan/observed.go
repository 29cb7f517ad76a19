package plan

import (
	"fmt"
	"slices"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
)

// Observed is everything a plan is made from. Unknown parts carry their error.
type Observed struct {
	// Topology must be known; Compute is not called without it.
	Topology    lync.Topology
	EdgeServers map[lync.Host]lync.Part[lync.EdgeServerState]
	// NotStarted names the machines whose services an earlier run could not start.
	NotStarted map[lync.Host]bool
	// Document is the digest of the published topology document, read only where that
	// document is not in force. Published is the digest of the document that fedroute
	// published last.
	Document  lync.Part[string]
	Published string
	// SimpleURLs is what a publish of fedroute kept of them before it began, if nobody has
	// seen it end; else "".
	SimpleURLs string
	Records    map[dns.Key]lync.Part[dns.Lookup]
	Ports      map[probe.Target]probe.Reading
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
)

// Difference is one field that is not as wanted.
type Difference struct {
	Aspect Aspect
	Field  string
	Wanted string
	Found  string
}

// Obstacle is why a part of the plan cannot be made or carried out. It holds the steps on
// the resources that it names, and those that wait for them. Its error is a fault. Status
// takes the reason from its kind and the message from its sentence.
type Obstacle struct {
	Aspect Aspect
	Holds  []Resource // the first one names the obstacle's part
	Err    error
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
	if _, edge := findPool(t, active); !edge {
		return ""
	}
	return active
}

// flagsOf lists the federation flags that must change. The flag of the Edge pool goes on.
// The flags of the standby pools, and of the pools that a managed site leaves, go off. A
// pool that serves a site outside the FederationRoute keeps its flag.
func flagsOf(d Desired, o Observed, p DesiredProtocol) []lync.Flag {
	var out []lync.Flag
	if !d.Pool.Enabled(p.Protocol) {
		out = append(out, lync.Flag{Pool: d.Pool.FQDN, Protocol: p.Protocol, On: true})
	}
	leaving := slices.Clone(d.Standby)
	for _, site := range p.Sites {
		leaving = append(leaving, o.route(site, p.Protocol))
	}
	for _, pool := range o.Topology.EdgePools {
		named := slices.ContainsFunc(leaving, func(l string) bool { return lync.SameHost(l, pool.FQDN) })
		if named && !lync.SameHost(pool.FQDN, d.Pool.FQDN) && pool.Enabled(p.Protocol) && !o.servesOthers(pool.FQDN, p) {
			out = append(out, lync.Flag{Pool: pool.FQDN, Protocol: p.Protocol})
		}
	}
	return out
}

func (o Observed) servesOthers(pool string, p DesiredProtocol) bool {
	return slices.ContainsFunc(o.Topology.Sites, func(s lync.Site) bool {
		return !slices.Contains(p.Sites, s.Name) && lync.SameHost(s.Route(p.Protocol), pool)
	})
}

func aspectOf(p lync.Protocol) Aspect {
	if p == lync.XMPP {
		return AspectXMPP
	}
	return AspectSIP
}

func flagField(f lync.Flag) string {
	return fmt.Sprintf("%s federation flag (port %d) of Edge pool %s", f.Protocol, f.Protocol.Port(), f.Pool)
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
