package sim

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// dnsPort is the port of the DNS servers unless the description names another. Port
// 53 would need privileges.
const dnsPort = 5300

// nameService is the organization's public DNS.
type nameService struct {
	farm      *farm.Farm
	authority *dns.Authority
	servers   []*dns.Server
}

// openNames makes the zones and opens their servers, the first as primary.
func openNames(f *farm.Farm, at []netip.Addr, listen func(network, address string) (net.Listener, error)) (*nameService, error) {
	spec := f.Spec().DNS
	var keys []dns.Key
	for _, k := range spec.Keys {
		keys = append(keys, dns.Key{Name: k.Name, Algorithm: k.Algorithm, Secret: k.Secret, Domains: k.Domains})
	}
	authority, err := dns.New(f.Clock().Now, zones(f), keys)
	if err != nil {
		return nil, fmt.Errorf("dns: %w", err)
	}
	authority.ServeOn(listen)
	n := &nameService{farm: f, authority: authority}
	port := spec.Port
	if port == 0 {
		port = dnsPort
	}
	for i, a := range at {
		role := dns.Primary
		if i > 0 {
			role = dns.Secondary
		}
		server, err := authority.Listen(netip.AddrPortFrom(a, port).String(), role)
		if err != nil {
			n.close()
			return nil, fmt.Errorf("dns: %w", err)
		}
		n.servers = append(n.servers, server)
	}
	authority.Observe(n.watch)
	return n, nil
}

func (n *nameService) addresses() []string {
	var out []string
	for _, s := range n.servers {
		out = append(out, s.Addr())
	}
	return out
}

func (n *nameService) close() {
	for _, s := range n.servers {
		_ = s.Close()
	}
}

// zones are the zones of the description, otherwise the SIP and XMPP domains, with
// the federation records that exist at the start.
func zones(f *farm.Farm) []dns.Zone {
	spec := f.Spec()
	var out []dns.Zone
	for _, z := range spec.DNS.Zones {
		out = append(out, dns.Zone{Name: z.Name, Records: z.Records})
	}
	if len(out) == 0 {
		for _, d := range slices.Concat(spec.SIPDomains, spec.XMPPDomains) {
			if zoneOf(out, d) < 0 {
				out = append(out, dns.Zone{Name: d})
			}
		}
	}
	if spec.DNS.Federation == farm.DNSEmpty {
		return out
	}
	for _, r := range federationRecords(f) {
		if i := zoneOf(out, r.name); i >= 0 {
			out[i].Records = append(out[i].Records, r.String())
		}
	}
	return out
}

// zoneOf gives the index of the zone that holds a name; -1 when no zone does.
func zoneOf(zones []dns.Zone, name string) int {
	best := -1
	for i, z := range zones {
		within := strings.EqualFold(name, z.Name) || strings.HasSuffix(strings.ToLower(name), "."+strings.ToLower(z.Name))
		if within && (best < 0 || len(z.Name) > len(zones[best].Name)) {
			best = i
		}
	}
	return best
}

// record is one line of a master file, with an absolute name.
type record struct {
	name, kind, data string
	ttl              uint32
}

func (r record) String() string { return fmt.Sprintf("%s. %d %s %s", r.name, r.ttl, r.kind, r.data) }

// federationRecords are the records that the organization would have published: an
// SRV record for every SIP and XMPP domain, and address records for the host in it.
// An SRV target must lie in the SRV's own domain. So only the Access Edge's own
// domain gets the Access Edge's name; every other domain gets the host sip.<domain>.
func federationRecords(f *farm.Farm) []record {
	spec := f.Spec()
	ttl := spec.DNS.TTL
	if ttl == 0 {
		ttl = 300
	}
	var out []record
	hosts := map[string]bool{}
	publish := func(domains []string, p farm.Protocol, service string, port int) {
		pool, ok := routedPool(f, p)
		if !ok {
			return
		}
		for _, d := range domains {
			host := federationHost(pool.ExternalFQDN, d)
			out = append(out, record{service + "." + d, "SRV", fmt.Sprintf("0 0 %d %s.", port, host), ttl})
			if !hosts[host] {
				hosts[host] = true
				out = append(out, addressRecords(f, pool.FQDN, host, ttl)...)
			}
		}
	}
	publish(spec.SIPDomains, farm.SIP, "_sipfederationtls._tcp", 5061)
	publish(spec.XMPPDomains, farm.XMPP, "_xmpp-server._tcp", 5269)
	return out
}

// routedPool is the Edge pool of the first site that has a route for the protocol.
func routedPool(f *farm.Farm, p farm.Protocol) (farm.EdgePool, bool) {
	for _, s := range f.Truth().Sites() {
		route := s.Routes.SIP
		if p == farm.XMPP {
			route = s.Routes.XMPP
		}
		if pool, ok := f.Truth().EdgePool(route); ok {
			return pool, true
		}
	}
	return farm.EdgePool{}, false
}

func federationHost(external, domain string) string {
	if strings.HasSuffix(strings.ToLower(external), "."+strings.ToLower(domain)) {
		return external
	}
	return "sip." + domain
}

func addressRecords(f *farm.Farm, pool, host string, ttl uint32) []record {
	var out []record
	for _, m := range f.Machines() {
		if strings.EqualFold(m.Pool, pool) && m.PublicAddress.IsValid() {
			out = append(out, record{host, "A", m.PublicAddress.String(), ttl})
		}
	}
	return out
}
