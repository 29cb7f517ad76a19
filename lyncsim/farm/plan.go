package farm

import (
	"cmp"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
)

// machines iterates over all machines of the description, which the caller may
// change in place.
func (s *Spec) machines() iter.Seq[*MachineSpec] {
	return func(yield func(*MachineSpec) bool) {
		for i := range s.Sites {
			for _, pool := range s.Sites[i].servers() {
				for k := range pool {
					if !yield(&pool[k]) {
						return
					}
				}
			}
		}
		for i := range s.ManagementServers {
			if !yield(&s.ManagementServers[i]) {
				return
			}
		}
	}
}

func (s *SiteSpec) servers() [][]MachineSpec {
	var out [][]MachineSpec
	for _, p := range s.FrontEndPools {
		out = append(out, p.Servers)
	}
	for _, p := range s.EdgePools {
		out = append(out, p.Servers)
	}
	return out
}

// plan describes the document to build.
func (s Spec) plan(p Product, signature string) topology.Plan {
	out := topology.Plan{
		Signature: signature, ServiceVersion: p.ServiceVersion, Domains: s.SIPDomains, CentralManagement: s.holder(),
	}
	for _, site := range s.Sites {
		ps := topology.PlanSite{Site: topology.Site{Name: site.Name, City: site.City, State: site.State, CountryCode: site.CountryCode}}
		for _, e := range site.EdgePools {
			ps.EdgePools = append(ps.EdgePools, topology.PlanEdgePool{
				FQDN: e.FQDN, ExternalFQDN: e.ExternalFQDN, NextHop: e.NextHop, SIP: e.Federation, XMPP: e.XMPP && p.XMPP,
				SeparateFQDNs: e.SeparateFQDNs, Machines: edgeMachines(e.Servers),
			})
		}
		for _, fe := range site.FrontEndPools {
			ps.FrontEndPools = append(ps.FrontEndPools, topology.PlanFrontEndPool{
				FQDN: fe.FQDN, EdgePool: fe.EdgePool, Mediation: fe.Mediation == nil || *fe.Mediation, Machines: frontEndMachines(fe.Servers),
			})
		}
		out.Sites = append(out.Sites, ps)
	}
	return out
}

func edgeMachines(servers []MachineSpec) []topology.Machine {
	var out []topology.Machine
	for _, s := range servers {
		out = append(out, topology.Machine{FQDN: s.FQDN, Interfaces: []topology.Interface{
			{Side: topology.SideInternal, Address: address(s.InternalAddress)},
			{Side: topology.SideExternal, Address: address(s.ExternalAddress), ConfiguredAddress: optional(s.NATAddress)},
		}})
	}
	return out
}

func frontEndMachines(servers []MachineSpec) []topology.Machine {
	var out []topology.Machine
	for _, s := range servers {
		out = append(out, topology.Machine{FQDN: s.FQDN, Interfaces: []topology.Interface{{Side: topology.SidePrimary, Address: "0.0.0.0"}}})
	}
	return out
}

func address(a netip.Addr) string { return cmp.Or(optional(a), "0.0.0.0") }

func optional(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// holder is the pool that holds the CMS, by default the first Front End pool.
func (s Spec) holder() string {
	if s.CentralManagement != "" {
		return s.CentralManagement
	}
	for _, site := range s.Sites {
		for _, p := range site.FrontEndPools {
			return p.FQDN
		}
	}
	return ""
}

// configuration is version 1 of the configuration.
func (s Spec) configuration(doc *topology.Document, now time.Time) *Configuration {
	c := &Configuration{
		Version: 1, ChangedAt: now, Published: doc, Enabled: doc,
		Routes: map[string]SiteRoutes{}, Branches: map[string][]string{}, Pools: map[string]PoolSettings{},
		Partners:    map[string]XMPPPartner{},
		Roles:       map[string]AdminRole{},
		XMPPGateway: XMPPGateway{Settings: map[string]string{}},
		AccessEdge: AccessEdge{
			AllowFederatedUsers: s.AllowFederatedUsers == nil || *s.AllowFederatedUsers, AllowOutsideUsers: true,
			EnablePartnerDiscovery: true, RoutingMethod: "UseDnsSrvRouting", Other: map[string]string{},
		},
		CMSPool: s.holder(), SimpleURLs: s.simpleURLs(),
	}
	for _, p := range s.XMPPPartners {
		c.Partners[key(p.Domain)] = p
	}
	for _, fe := range c.FrontEndPools() {
		c.Pools[key(fe.FQDN)] = PoolSettings{State: PoolActive}
		c.CMSPool = cmp.Or(c.CMSPool, fe.FQDN)
	}
	for _, site := range s.Sites {
		c.Routes[key(site.Name)] = SiteRoutes{SIP: site.FederationRoute, XMPP: site.XMPPFederationRoute}
		c.Branches[key(site.Name)] = site.BranchSites
		for _, p := range site.FrontEndPools {
			c.Pools[key(p.FQDN)] = PoolSettings{BackupPool: p.BackupPool, State: PoolActive, Users: p.Users}
		}
	}
	return c
}

// simpleURLs gives the described sets. Without a description it gives those that
// setup asks for: a Meet URL for each SIP domain, one Dialin URL and one Admin URL.
func (s Spec) simpleURLs() []SimpleURLSet {
	if len(s.SimpleURLs) > 0 {
		return cloneURLs(s.SimpleURLs)
	}
	global := SimpleURLSet{Scope: "Global"}
	for _, d := range s.SIPDomains {
		global.URLs = append(global.URLs, SimpleURL{Component: "Meet", Domain: d, ActiveURL: "https://meet." + d, Entries: []string{"https://meet." + d}})
	}
	if len(s.SIPDomains) > 0 {
		d := s.SIPDomains[0]
		for _, c := range []string{"Dialin", "Admin"} {
			u := fmt.Sprintf("https://%s.%s", strings.ToLower(c), d)
			global.URLs = append(global.URLs, SimpleURL{Component: c, Domain: "*", ActiveURL: u, Entries: []string{u}})
		}
	}
	return []SimpleURLSet{global}
}

// resolve takes a profile and replaces single durations of it.
func (d DurationsSpec) resolve() (Durations, error) {
	base, err := Profile(d.Profile)
	if err != nil {
		return base, err
	}
	base.merge(d.Durations)
	return base, nil
}

// merge replaces the durations that are set in o.
func (d *Durations) merge(o Durations) {
	mine, theirs := d.fields(), o.fields()
	for i, p := range theirs {
		if *p != 0 {
			*mine[i] = *p
		}
	}
}

func (d *Durations) fields() []*Duration {
	return slices.Concat(
		[]*Duration{&d.PowerShellStart, &d.ModuleImport, &d.Cmdlet, &d.Publish, &d.Enable, &d.ReplicationNotice},
		[]*Duration{&d.Replication, &d.ForcedReplication, &d.Setup, &d.ServiceStart, &d.ServiceStop, &d.Drain},
		[]*Duration{&d.FailOver, &d.FailBack, &d.FailBackPerThousandUsers})
}
