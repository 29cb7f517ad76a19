package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
)

// Desired is an Intent with every name resolved against the organization.
type Desired struct {
	// Pool hosts federation. Its Servers are those in service, with overrides.
	Pool        lync.EdgePool
	Standby     []string
	Protocols   []DesiredProtocol
	FrontEnds   []FrontEndPool
	ManageFlags bool
	// FailBack are the Front End pools to fail back now, if they are failed over: the
	// pools of a move of federation, and the pool that a person asked for.
	FailBack []string
	// Records are the wanted records, each with its zone. A record without Data must not
	// exist.
	Records []Record
	// Ways say, by zone, how the records of the zone are changed. A zone that is changed
	// in the usual way has none.
	Ways map[string]string
	// Targets are the ports that must answer.
	Targets []probe.Target
}

// ZoneTarget is the target of the step that changes a zone: the zone's name, followed by
// the way of the change where that is not the usual one.
func (d Desired) ZoneTarget(zone string) string {
	if way := d.Ways[zone]; way != "" {
		return "zone " + zone + " " + way
	}
	return "zone " + zone
}

// DesiredProtocol is a protocol with the central sites it is managed for.
type DesiredProtocol struct {
	Protocol lync.Protocol
	Sites    []string
}

// Record is a wanted RRset, its zone, and the protocols whose partners it leads to the
// pool.
type Record struct {
	Zone      string
	Protocols []lync.Protocol
	dns.RRSet
}

// targetsOf lists the ports of some protocols.
func (d Desired) targetsOf(protocols []lync.Protocol) []probe.Target {
	var out []probe.Target
	for _, t := range d.Targets {
		if slices.Contains(protocols, t.Protocol) {
			out = append(out, t)
		}
	}
	return out
}

// behind lists the machines of the pool that share the address of a port.
func (d Desired) behind(t probe.Target) []lync.EdgeServer {
	var out []lync.EdgeServer
	for _, s := range d.Pool.Servers {
		if slices.Contains(s.ExternalAddresses, t.Address) {
			out = append(out, s)
		}
	}
	return out
}

// Resolve looks every name of the intent up. Its errors are faults of kind Invalid (the
// spec names something that does not exist) or Unsupported (the product has no such
// feature). Both last until somebody changes the spec or the organization.
func Resolve(in Intent, t lync.Topology) (Desired, error) {
	pool, err := resolvePool(in, t)
	if err != nil {
		return Desired{}, err
	}
	d := Desired{Pool: pool, ManageFlags: in.ManageFlags}
	for _, name := range in.Standby {
		standby, ok := findPool(t, name)
		if !ok {
			return Desired{}, unknownName("standby Edge pool", name, poolNames(t))
		}
		d.Standby = append(d.Standby, standby.FQDN)
	}
	for _, p := range in.Protocols {
		resolved, err := resolveProtocol(p, t)
		if err != nil {
			return Desired{}, err
		}
		d.Protocols = append(d.Protocols, resolved)
		d.Targets = append(d.Targets, targets(p, pool, in.PortsConnect)...)
	}
	for _, fe := range in.FrontEnds {
		i := slices.IndexFunc(t.FrontEndPools, func(p lync.FrontEndPool) bool { return lync.SameHost(p.FQDN, fe.FQDN) })
		if i < 0 {
			return Desired{}, unknownName("Front End pool", fe.FQDN, frontEndNames(t))
		}
		d.FrontEnds = append(d.FrontEnds, frontEndPool(fe, t.FrontEndPools[i], in.Hosts))
	}
	if in.DNS != nil {
		d.Ways = in.DNS.Ways
	}
	d.Records, err = records(in, pool)
	return d, err
}

func resolvePool(in Intent, t lync.Topology) (lync.EdgePool, error) {
	pool, ok := findPool(t, in.EdgePool)
	if !ok {
		return lync.EdgePool{}, unknownName("Edge pool", in.EdgePool, poolNames(t))
	}
	var servers []lync.EdgeServer
	for _, s := range pool.Servers {
		o := in.Servers[lync.HostOf(s.FQDN)]
		if o.OutOfService {
			continue
		}
		if len(o.ExternalAddresses) > 0 {
			s.ExternalAddresses = o.ExternalAddresses
		}
		if len(s.ExternalAddresses) == 0 {
			return lync.EdgePool{}, fault.New(fault.Invalid, "resolve Edge server", s.FQDN, "the topology holds no external address for it").
				With("its ports cannot be checked and nothing was changed", "set externalAddresses for it under spec.edgeServers.overrides of the LyncTopology")
		}
		servers = append(servers, s)
	}
	if len(servers) == 0 {
		return lync.EdgePool{}, fault.New(fault.Invalid, "resolve Edge pool", pool.FQDN, "it has no machine in service").
			With("it cannot host federation and nothing was changed", "add a machine in Topology Builder, end outOfService, or name another pool in spec.edgePool")
	}
	pool.Servers = servers
	return pool, nil
}

// frontEndPool gives the pool with its machines. The port of a machine is asked at the
// host that the spec names for the machine, else at the machine's own name.
func frontEndPool(fe FrontEnd, pool lync.FrontEndPool, hosts map[lync.Host]string) FrontEndPool {
	out := FrontEndPool{FrontEnd: FrontEnd{FQDN: pool.FQDN, FailBack: fe.FailBack}}
	for _, name := range pool.Servers {
		host := cmp.Or(hosts[lync.HostOf(name)], name)
		out.Machines = append(out.Machines, FrontEndMachine{FQDN: name, Port: probe.Target{Host: host, Protocol: lync.SIP, Domain: name}})
	}
	return out
}

func resolveProtocol(p ProtocolIntent, t lync.Topology) (DesiredProtocol, error) {
	if p.Protocol == lync.XMPP && !t.Product.XMPP {
		return DesiredProtocol{}, fault.New(fault.Unsupported, "route", "XMPP", t.Product.Name+" has no XMPP federation: "+t.Product.WithoutXMPP).
			With("nothing was changed", "remove spec.xmpp; where a gateway or an Edge pool of 2013 or 2015 carries XMPP, lead to it by hand")
	}
	d := DesiredProtocol{Protocol: p.Protocol}
	if len(p.Sites) == 0 {
		for _, s := range t.Sites {
			d.Sites = append(d.Sites, s.Name)
		}
		return d, nil
	}
	for _, name := range p.Sites {
		site, ok := t.Site(name)
		if !ok {
			return DesiredProtocol{}, unknownName("central site", name, siteNames(t))
		}
		if !slices.Contains(d.Sites, site.Name) { // "redmond" and "Redmond" are one site
			d.Sites = append(d.Sites, site.Name)
		}
	}
	return d, nil
}

// targets lists one probe for each external address. Machines behind a load balancer share
// an address. The probe asks for the first domain only.
func targets(p ProtocolIntent, pool lync.EdgePool, connect bool) []probe.Target {
	var all []probe.Target
	for _, s := range pool.Servers {
		for _, a := range s.ExternalAddresses {
			t := probe.Target{Address: a, Protocol: p.Protocol, Connect: connect}
			if len(p.Domains) > 0 {
				t.Domain = p.Domains[0].Name
			}
			if !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
	}
	return all
}

func records(in Intent, pool lync.EdgePool) ([]Record, error) {
	if in.DNS == nil {
		return nil, nil
	}
	var all []Record
	hosts := map[string][]lync.Protocol{} // the protocols that each host serves
	for _, p := range in.Protocols {
		for _, domain := range p.Domains {
			host, err := hostOf(domain, p.Protocol, pool)
			if err != nil {
				return nil, err
			}
			srv := dns.RRSet{Key: dns.Key{Name: serviceName(p.Protocol) + domain.Name, Type: dns.SRV}, TTL: in.DNS.TTL,
				Data: []string{fmt.Sprintf("0 0 %d %s", p.Protocol.Port(), host)}}
			sets := []dns.RRSet{srv}
			if len(hosts[host]) == 0 {
				sets = append(addressSets(host, in.DNS.TTL, pool), srv)
			}
			hosts[host] = append(hosts[host], p.Protocol)
			for _, set := range sets {
				zone, err := zoneOf(in.DNS.Zones, set.Name)
				if err != nil {
					return nil, err
				}
				all = append(all, Record{Zone: zone, Protocols: []lync.Protocol{p.Protocol}, RRSet: set})
			}
		}
	}
	for i, r := range all {
		if r.Type != dns.SRV {
			all[i].Protocols = hosts[r.Name]
		}
	}
	return all, nil
}

// serviceName is the prefix of the SRV owner name: partners look SIP up under
// _sipfederationtls._tcp and XMPP servers under _xmpp-server._tcp (RFC 6120, 3.2.1).
func serviceName(p lync.Protocol) string {
	if p == lync.XMPP {
		return "_xmpp-server._tcp."
	}
	return "_sipfederationtls._tcp."
}

func hostOf(d Domain, p lync.Protocol, pool lync.EdgePool) (string, error) {
	if d.Host != "" {
		return d.Host, nil
	}
	host := strings.ToLower(pool.ExternalFQDN)
	if host == d.Name || strings.HasSuffix(host, "."+d.Name) {
		return host, nil
	}
	return "", fault.New(fault.Invalid, "name the "+string(p)+" host of", d.Name, fmt.Sprintf("the Access Edge name %s lies outside the domain, and an SRV target must lie in its own domain", host)).
		With("nothing was changed", fmt.Sprintf("set host for %s to a name below it, like sip.%s, and see that the Access Edge certificate carries it", d.Name, d.Name))
}

func addressSets(host string, ttl uint32, pool lync.EdgePool) []dns.RRSet {
	a := dns.RRSet{Key: dns.Key{Name: host, Type: dns.A}, TTL: ttl}
	aaaa := dns.RRSet{Key: dns.Key{Name: host, Type: dns.AAAA}, TTL: ttl}
	for _, s := range pool.Servers {
		for _, addr := range s.ExternalAddresses {
			if addr.Is4() {
				a.Data = append(a.Data, addr.String())
			} else {
				aaaa.Data = append(aaaa.Data, addr.String())
			}
		}
	}
	sets := []dns.RRSet{a, aaaa}
	for i := range sets {
		slices.Sort(sets[i].Data)
		sets[i].Data = slices.Compact(sets[i].Data)
	}
	return sets
}

// zoneOf picks the longest zone that holds the name.
func zoneOf(zones []string, name string) (string, error) {
	best := ""
	for _, z := range zones {
		if (name == z || strings.HasSuffix(name, "."+z)) && len(z) > len(best) {
			best = z
		}
	}
	if best == "" {
		return "", fault.New(fault.Invalid, "find the zone of", name, "spec.dns.servers lists no zone that holds it").
			With("nothing was changed", "add the zone and its primary to spec.dns.servers")
	}
	return best, nil
}

func findPool(t lync.Topology, name string) (lync.EdgePool, bool) {
	i := slices.IndexFunc(t.EdgePools, func(p lync.EdgePool) bool { return lync.SameHost(p.FQDN, name) })
	if i < 0 {
		return lync.EdgePool{}, false
	}
	return t.EdgePools[i], true
}

func unknownName(what, name string, have []string) error {
	list := "none"
	if len(have) > 0 {
		list = strings.Join(have, ", ")
	}
	return fault.New(fault.Invalid, "find "+what, name, fmt.Sprintf("the organization has no such %s (it has: %s)", what, list)).
		With("nothing was changed", "correct the name in the spec, or add it to the topology")
}

func poolNames(t lync.Topology) []string {
	return names(t.EdgePools, func(p lync.EdgePool) string { return p.FQDN })
}

func siteNames(t lync.Topology) []string {
	return names(t.Sites, func(s lync.Site) string { return s.Name })
}

func frontEndNames(t lync.Topology) []string {
	return names(t.FrontEndPools, func(p lync.FrontEndPool) string { return p.FQDN })
}

func names[T any](all []T, name func(T) string) []string {
	var out []string
	for _, x := range all {
		out = append(out, name(x))
	}
	slices.Sort(out)
	return out
}
