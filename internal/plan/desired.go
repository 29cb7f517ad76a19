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
	Pool    lync.EdgePool
	Standby []string
	// Prepare are the other Edge pools that are kept ready. Their Servers are those in
	// service.
	Prepare []lync.EdgePool
	// Candidates are the other Edge pools that federation may be led to one day.
	Candidates []Candidate
	Strategy   Strategy
	Rollout    Rollout
	// Leaves are the Edge pools that the move leaves, and those that earlier moves left,
	// as far as federation has not ended there.
	Leaves []string
	// From is the Edge pool that the latest move left; "" for none, or for several.
	From string
	// LeftLately are the Edge pools that federation left lately, whose flags are cleared once
	// more where they return.
	LeftLately []LeftPool
	// MinAvailable is how many machines of a Front End pool's own Edge pool have to run.
	MinAvailable MinAvailable
	// OutOfService are the machines that nothing is done with.
	OutOfService map[lync.Host]bool
	Protocols    []DesiredProtocol
	FrontEnds    []FrontEndPool
	// Hops are all Front End pools of the organization: what an Edge pool hands its traffic
	// to is one of them. FollowNextHop: the Edge pool follows a failed next hop to its backup
	// pool.
	Hops          []FrontEndPool
	FollowNextHop bool
	ManageFlags   bool
	// FailBack are the Front End pools to fail back now, if they are failed over: the
	// pools of a move of federation, and the pool that a person asked for.
	FailBack []string
	// Records are the wanted records, each with its zone. A record without Data must not
	// exist.
	Records []Record
	// Zones may be written. Adopt is the hash of the one set of somebody else that may be
	// replaced.
	Zones []string
	Adopt string
	// Ahead: the move to the Edge pool has led no site there yet (Move.Ahead). LeavesBehind:
	// it does not wait for records that cannot be written.
	Ahead        bool
	LeavesBehind bool
	// MoveTTL is the TTL that records get before a planned move, in seconds; 0 for none.
	MoveTTL uint32
	// Outsides are all Edge pools of the organization as partners see them.
	Outsides []Outside
	// Ways say, by zone, how the records of the zone are changed. A zone that is changed
	// in the usual way has none.
	Ways map[string]string
	// Shown are the names that the certificate of every machine of the Pool must carry.
	Shown []Shown
	// Back: federation is led back to the pool that a move left and that served before.
	Back bool
	// Targets are the ports that must answer.
	Targets []probe.Target
	// FederationPorts are those of all Edge machines of the organization, by machine.
	FederationPorts map[lync.Host][]probe.Target
	// Left are fields, by Difference.Field, that no step sets: somebody else changes them
	// back again and again.
	Left map[string]bool
}

// Outside is an Edge pool as partners see it: its Access Edge external FQDN, and the
// external addresses of its machines, those of the topology and those of the spec.
type Outside struct {
	Host      string
	Addresses []string
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
	// Apex: the name is a domain itself, and the spec does not say that it is meant.
	Apex bool
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

func (d Desired) outOfService(s lync.EdgeServer) bool { return d.OutOfService[lync.HostOf(s.FQDN)] }

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
//
// A name that belongs to an unknown part of the topology is left as the spec writes it. Where
// a part is unknown without which there is no plan, the error is that of the part.
func Resolve(in Intent, t lync.Topology) (Desired, error) {
	if err := stopped(whole, t); err != nil {
		return Desired{}, err
	}
	pool, err := resolvePool(in, t)
	if err != nil {
		return Desired{}, err
	}
	d := Desired{Pool: pool, ManageFlags: in.ManageFlags, Strategy: in.Strategy, Rollout: in.Rollout, OutOfService: map[lync.Host]bool{}}
	for name, o := range in.Servers {
		d.OutOfService[name] = o.OutOfService
	}
	for _, name := range in.Standby {
		standby, ok := t.EdgePool(name)
		if !ok {
			return Desired{}, unknownName("standby Edge pool", name, poolNames(t))
		}
		d.Standby = append(d.Standby, standby.FQDN)
	}
	if d.Prepare, err = prepared(in, pool, t); err != nil {
		return Desired{}, err
	}
	for _, p := range in.Protocols {
		resolved, err := resolveProtocol(p, t)
		if err != nil {
			return Desired{}, err
		}
		d.Protocols = append(d.Protocols, resolved)
		d.Targets = append(d.Targets, targets(p, pool, in.PortsConnect)...)
	}
	d.FederationPorts = federationPorts(in, t)
	for _, fe := range in.FrontEnds {
		if t.Unread(lync.PartServices) != nil {
			d.FrontEnds = append(d.FrontEnds, FrontEndPool{FrontEnd: fe})
			continue
		}
		pool, ok := t.FrontEndPool(fe.FQDN)
		if !ok {
			return Desired{}, unknownName("Front End pool", fe.FQDN, frontEndNames(t))
		}
		resolved := frontEndPool(fe, pool, in.Hosts)
		if fe.EdgePool != "" && fe.EdgePool != Local {
			edge, ok := t.EdgePool(fe.EdgePool)
			if !ok {
				return Desired{}, unknownName("Edge pool of Front End pool "+fe.FQDN, fe.EdgePool, poolNames(t))
			}
			resolved.EdgePool = edge.FQDN
		}
		d.FrontEnds = append(d.FrontEnds, resolved)
	}
	d.FollowNextHop = in.FollowNextHop
	for _, fe := range t.FrontEndPools {
		d.Hops = append(d.Hops, frontEndPool(FrontEnd{FQDN: fe.FQDN}, fe, in.Hosts))
	}
	if in.DNS != nil {
		d.Ways, d.Zones, d.Adopt, d.LeavesBehind, d.MoveTTL = in.DNS.Ways, in.DNS.Zones, in.DNS.Adopt, in.DNS.LeavesBehind, in.DNS.MoveTTL
	}
	d.Outsides, d.Shown, d.Candidates = outsides(in, t), shownNames(in, pool, t.Product), candidates(in, pool, t)
	d.Records, err = records(in, pool, t)
	return d, err
}

func resolvePool(in Intent, t lync.Topology) (lync.EdgePool, error) {
	pool, ok := t.EdgePool(in.EdgePool)
	if !ok {
		return lync.EdgePool{}, unknownName("Edge pool", in.EdgePool, poolNames(t))
	}
	var servers []lync.EdgeServer
	for _, s := range pool.Servers {
		o := in.Servers[lync.HostOf(s.FQDN)]
		if o.OutOfService {
			continue
		}
		s = in.addressed(s)
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

// addressed gives the machine with the external addresses of the spec, where it has some.
func (in Intent) addressed(s lync.EdgeServer) lync.EdgeServer {
	if at := in.Servers[lync.HostOf(s.FQDN)].ExternalAddresses; len(at) > 0 {
		s.ExternalAddresses = at
	}
	return s
}

// outsides lists every Edge pool as partners see it.
func outsides(in Intent, t lync.Topology) []Outside {
	var out []Outside
	for _, pool := range t.EdgePools {
		o := Outside{Host: strings.ToLower(pool.ExternalFQDN)}
		for _, s := range pool.Servers {
			for _, a := range slices.Concat(s.ExternalAddresses, in.Servers[lync.HostOf(s.FQDN)].ExternalAddresses) {
				o.Addresses = append(o.Addresses, a.String())
			}
		}
		out = append(out, o)
	}
	return out
}

// frontEndPool gives the pool with its machines. The port of a machine is asked at the
// host that the spec names for the machine, else at the machine's own name.
func frontEndPool(fe FrontEnd, pool lync.FrontEndPool, hosts map[lync.Host]string) FrontEndPool {
	out := FrontEndPool{FrontEnd: FrontEnd{FQDN: pool.FQDN, FailBack: fe.FailBack, EdgePool: fe.EdgePool}}
	for _, name := range pool.Servers {
		host := cmp.Or(hosts[lync.HostOf(name)], name)
		out.Machines = append(out.Machines, FrontEndMachine{FQDN: name, Port: probe.Target{Host: host, Protocol: lync.SIP, Domain: name}})
	}
	return out
}

func resolveProtocol(p ProtocolIntent, t lync.Topology) (DesiredProtocol, error) {
	if err := stopped(ofXMPP, t); p.Protocol == lync.XMPP && err != nil {
		return DesiredProtocol{}, err
	}
	if p.Protocol == lync.XMPP && !t.Product.XMPP {
		return DesiredProtocol{}, fault.New(fault.Unsupported, "route", "XMPP", t.Product.Name+" has no XMPP federation: "+t.Product.WithoutXMPP).
			With("nothing was changed", "remove spec.xmpp; where a gateway or an Edge pool of 2013 or 2015 carries XMPP, lead to it by hand")
	}
	d := DesiredProtocol{Protocol: p.Protocol}
	if t.Unread(lync.PartSites) != nil {
		d.Sites = p.Sites
		return d, nil
	}
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

func records(in Intent, pool lync.EdgePool, t lync.Topology) ([]Record, error) {
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
			srv := dns.RRSet{Key: dns.Key{Name: serviceName(p.Protocol) + domain.Name, Type: dns.SRV}, TTL: in.DNS.TTL}
			if srv.Data, err = services(domain, p.Protocol, host, pool, t); err != nil {
				return nil, err
			}
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
				all = append(all, Record{Zone: zone, Protocols: []lync.Protocol{p.Protocol}, Apex: set.Name == domain.Name && !domain.Apex, RRSet: set})
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

// services gives the data of a domain's SRV record set. The pool that hosts federation is
// no standby.
func services(d Domain, p lync.Protocol, host string, pool lync.EdgePool, t lync.Topology) ([]string, error) {
	data := []string{dns.Service{Priority: d.Priority, Weight: d.Weight, Port: p.Port(), Target: host}.String()}
	for _, s := range d.Standby {
		if s.EdgePool != "" && lync.SameHost(s.EdgePool, pool.FQDN) {
			continue
		}
		if s.Host == "" {
			standby, ok := t.EdgePool(s.EdgePool)
			if !ok {
				return nil, unknownName("standby Edge pool of "+d.Name, s.EdgePool, poolNames(t))
			}
			var err error
			if s.Host, err = hostOf(Domain{Name: d.Name}, p, standby); err != nil {
				return nil, err
			}
		}
		data = append(data, dns.Service{Priority: s.Priority, Weight: s.Weight, Port: p.Port(), Target: s.Host}.String())
	}
	slices.Sort(data)
	return slices.Compact(data), nil
}

func hostOf(d Domain, p lync.Protocol, pool lync.EdgePool) (string, error) {
	if d.Host != "" {
		return d.Host, nil
	}
	host := strings.ToLower(pool.ExternalFQDN)
	if dns.Within(host, d.Name) {
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

func unknownName(what, name string, have []string) error {
	list := "none"
	if len(have) > 0 {
		list = strings.Join(have, ", ")
	}
	return fault.New(fault.Invalid, "find "+what, name, fmt.Sprintf("the organization has no such %s (it has: %s)", what, list)).
		With("nothing was changed", "correct the name in the spec, or add it to the topology")
}

func poolNames(t lync.Topology) []string {
	return names(t.EdgePools, nameOf)
}

func nameOf(p lync.EdgePool) string { return p.FQDN }

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
