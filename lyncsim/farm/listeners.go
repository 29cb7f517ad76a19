package farm

import (
	"net/netip"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
)

// Listener is one TCP port that a machine listens on.
type Listener struct {
	Machine string
	Address netip.Addr // of the machine's own interface
	Port    uint16
	Service string // short name of the Windows service
	// Federation and Public are set on the two external federation ports only. Public
	// is the address at which partners reach the port; behind NAT, that is the NAT
	// address.
	Federation Protocol
	Public     netip.Addr
}

// Listeners lists what a machine listens on: nothing while it has no power. The
// external federation ports are there exactly when flag, setup, service, replica
// and route say so:
//
//   - 5061: setup found the flag, the Access Edge service runs, the local store
//     allows federated users, and some site's SIP route in the local store names
//     the pool [inferred; Behaviour.SIPListenerIgnoresRoute drops the last].
//   - 5061 inside, on a Front End server: its Front End service runs
//     ("Port requirements": SIP over TLS between servers).
//   - 5269: setup installed the XMPP proxy, its service and the Access Edge run,
//     the local store allows federated users, and the XMPP route of the pool's
//     own site names the pool [inferred].
//
// An Edge cut off the network keeps listening; see [Farm.Reachable].
func (f *Farm) Listeners(fqdn string) ([]Listener, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, err := f.machine(fqdn)
	if err != nil {
		return nil, err
	}
	return f.listeners(m), nil
}

// Reachable lists the external federation ports that a partner can reach now.
func (f *Farm) Reachable() []Listener {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []Listener
	for _, k := range f.order {
		m := f.machines[k]
		if !m.connected {
			continue
		}
		for _, l := range f.listeners(m) {
			if l.Federation != "" && !f.walled(l) {
				out = append(out, l)
			}
		}
	}
	return out
}

// Hollow lists the external federation ports that only an empty load balancer answers: it
// takes the connection and hangs up.
func (f *Farm) Hollow() []Listener {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []Listener
	for _, k := range f.order {
		m := f.machines[k]
		for _, l := range []Listener{m.federation(SIP, topology.PortSIPFederation, ""), m.federation(XMPP, topology.PortXMPPFederation, "")} {
			if m.role == RoleEdge && f.faulty(FaultEmptyBalancer, l) {
				out = append(out, l)
			}
		}
	}
	return out
}

// Inside lists the SIP ports of Front End servers that can be reached now from the
// organization's own network.
func (f *Farm) Inside() []Listener {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []Listener
	for _, k := range f.order {
		if m := f.machines[k]; m.role == RoleFrontEnd && m.connected {
			out = append(out, f.listeners(m)...)
		}
	}
	return out
}

func (f *Farm) listeners(m *machine) []Listener {
	if m.powered && m.role == RoleFrontEnd && m.runs(ServiceFrontEnd) && m.spec.Address.IsValid() {
		return []Listener{{Machine: m.fqdn, Address: m.spec.Address, Port: topology.PortSIPFederation, Service: ServiceFrontEnd}}
	}
	if !m.powered || m.role != RoleEdge || m.local == nil {
		return nil
	}
	edge := m.local.Enabled.ServiceOn(m.pool, topology.RoleEdge)
	if edge == nil {
		return nil
	}
	var out []Listener
	for _, p := range edge.Ports {
		svc := owners[p.Owner]
		if svc == "" || p.Protocol == "Udp" || !m.runs(svc) || isFederation(p) {
			continue
		}
		out = append(out, Listener{Machine: m.fqdn, Address: m.address(p.Side), Port: p.Port, Service: svc})
	}
	if m.runs(ServiceReplica) {
		out = append(out, Listener{Machine: m.fqdn, Address: m.address(topology.SideInternal), Port: 4443, Service: ServiceReplica})
	}
	if f.servesSIP(m) {
		out = append(out, m.federation(SIP, topology.PortSIPFederation, ServiceAccessEdge))
	}
	if f.servesXMPP(m) {
		out = append(out,
			m.federation(XMPP, topology.PortXMPPFederation, ServiceXMPPProxy),
			Listener{Machine: m.fqdn, Address: m.spec.InternalAddress, Port: topology.PortXMPPInternal, Service: ServiceXMPPProxy})
	}
	return out
}

// owners maps the owner of a port to the Windows service that opens it.
var owners = map[string]string{
	topology.OwnerAccessEdge:                     ServiceAccessEdge,
	"urn:component:DataEdge":                     "RTCDATAPROXY",
	"urn:component:MediaRelayAuthenticationEdge": "RTCMRAUTH",
	"urn:component:MediaRelayEdge":               "RTCMEDIARELAY",
	"urn:component:SkypeSearchProxy":             ServiceAccessEdge,
}

// isFederation reports whether a port is opened under the rules of the federation
// ports. The client port 5061 of a single-FQDN pool has the same number as the
// federation port. It counts as one too, because 5061 would always answer otherwise
// [inferred].
func isFederation(p topology.Port) bool {
	return p.Owner == topology.OwnerXMPPProxy || p.Side == topology.SideExternal && p.Port == topology.PortSIPFederation
}

func (m *machine) runs(name string) bool {
	s := m.service(name)
	return s != nil && (s.Status == Running || s.Status == Paused)
}

func (m *machine) address(side string) netip.Addr {
	if side == topology.SideExternal {
		return m.spec.ExternalAddress
	}
	return m.spec.InternalAddress
}

func (m *machine) federation(p Protocol, port uint16, service string) Listener {
	return Listener{m.fqdn, m.spec.ExternalAddress, port, service, p, m.spec.public()}
}

func (f *Farm) servesSIP(m *machine) bool {
	if !m.sip || !m.runs(ServiceAccessEdge) || !m.local.AccessEdge.AllowFederatedUsers {
		return false
	}
	if f.spec.Behaviour.SIPListenerIgnoresRoute {
		return true
	}
	for _, r := range m.local.Routes {
		if strings.EqualFold(r.SIP, m.pool) {
			return true
		}
	}
	return false
}

func (f *Farm) servesXMPP(m *machine) bool {
	if !m.xmpp || !m.runs(ServiceXMPPProxy) || !m.runs(ServiceAccessEdge) || !m.local.AccessEdge.AllowFederatedUsers {
		return false
	}
	c := m.local
	if f.spec.Behaviour.XMPPProxyNeedsRestart {
		c = m.proxyConfig
	}
	if c == nil {
		return false
	}
	cluster := c.Enabled.Pool(m.pool)
	if cluster == nil {
		return false
	}
	return strings.EqualFold(c.Routes[key(c.Enabled.Site(cluster.ID.Site).Name)].XMPP, m.pool)
}
