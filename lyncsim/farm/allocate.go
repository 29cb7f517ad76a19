package farm

import (
	"fmt"
	"net/netip"
	"slices"
)

// Allocate fills in the addresses that the description leaves out. Copies of the
// same description stay as they are. The addresses come from base, a loopback prefix
// such as 127.20.1.0/24. Its first address is for the admin endpoint and the next
// ones are for the DNS servers. From .10 on there is one address for each machine,
// and one more for the public side of each Edge server. The same description and
// base give the same addresses.
func (s *Spec) Allocate(base netip.Prefix) (Addresses, error) {
	p := Addresses{Base: base.Masked()}
	if !p.Base.Addr().Is4() || !p.Base.Addr().IsLoopback() || p.Base.Bits() > 28 || p.Base.Bits() < 8 {
		return p, fmt.Errorf("base %s: a loopback prefix of 8 to 28 bits is needed, such as 127.20.1.0/24", base)
	}
	s.detach()
	next := p.Base.Addr().Next()
	take := func() netip.Addr { a := next; next = next.Next(); return a }
	p.Admin = take()
	for range max(s.DNS.Servers, 1) {
		p.DNS = append(p.DNS, take())
	}
	for i := len(p.DNS) + 2; i < 10; i++ {
		take()
	}
	edges := s.edgeServers()
	for m := range s.machines() {
		if !m.Address.IsValid() {
			m.Address = take()
		}
		if !m.InternalAddress.IsValid() {
			m.InternalAddress = m.Address
		}
		if slices.Contains(edges, key(m.FQDN)) {
			m.makePublic(take)
		}
	}
	if !p.Base.Contains(next) {
		return p, fmt.Errorf("base %s has too few addresses for this farm", base)
	}
	return p, s.checkAddresses()
}

// detach gives the description its own list of machines, so that filling in
// addresses does not change copies that share the list.
func (s *Spec) detach() {
	s.ManagementServers = slices.Clone(s.ManagementServers)
	s.Sites = slices.Clone(s.Sites)
	for i := range s.Sites {
		site := &s.Sites[i]
		site.EdgePools, site.FrontEndPools = slices.Clone(site.EdgePools), slices.Clone(site.FrontEndPools)
		for j := range site.EdgePools {
			site.EdgePools[j].Servers = slices.Clone(site.EdgePools[j].Servers)
		}
		for j := range site.FrontEndPools {
			site.FrontEndPools[j].Servers = slices.Clone(site.FrontEndPools[j].Servers)
		}
	}
}

// makePublic gives an Edge server the address at which partners reach it. For a
// private external address, that is a NAT address.
func (m *MachineSpec) makePublic(take func() netip.Addr) {
	switch {
	case m.public().IsValid():
		if !m.public().IsLoopback() && !m.NATAddress.IsValid() {
			m.NATAddress = take()
		}
	default:
		m.ExternalAddress = take()
	}
}

// Addresses are the addresses that an organization uses besides its machines'.
type Addresses struct {
	Base  netip.Prefix
	Admin netip.Addr
	DNS   []netip.Addr
}

// checkAddresses finds addresses on which no program can listen, and addresses that
// are used twice.
func (s *Spec) checkAddresses() error {
	seen := map[netip.Addr]string{}
	claim := func(a netip.Addr, who string) error {
		if !a.IsLoopback() {
			return fmt.Errorf("%s has the address %s: only loopback addresses can be listened on here", who, a)
		}
		if other, ok := seen[a]; ok {
			return fmt.Errorf("%s and %s have the same address %s", other, who, a)
		}
		seen[a] = who
		return nil
	}
	edges := s.edgeServers()
	for m := range s.machines() {
		if err := claim(m.Address, m.FQDN); err != nil {
			return err
		}
		if !slices.Contains(edges, key(m.FQDN)) {
			continue
		}
		if err := claim(m.public(), m.FQDN+" (public)"); err != nil {
			return err
		}
	}
	return nil
}

func (s *Spec) edgeServers() []string {
	var out []string
	for _, site := range s.Sites {
		for _, p := range site.EdgePools {
			for _, m := range p.Servers {
				out = append(out, key(m.FQDN))
			}
		}
	}
	return out
}
