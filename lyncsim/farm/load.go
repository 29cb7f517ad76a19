package farm

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
)

// Load reads a description in YAML and the topology file that it names. Unknown
// fields are errors.
func Load(path string) (Spec, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Spec{}, fmt.Errorf("read the farm file: %w", err)
	}
	s, err := Decode(raw)
	if err != nil {
		return Spec{}, fmt.Errorf("farm file %s: %w", path, err)
	}
	beside := func(file string) string {
		if filepath.IsAbs(file) {
			return file
		}
		return filepath.Join(filepath.Dir(path), file)
	}
	for i := range s.SessionConfigurations {
		s.SessionConfigurations[i].Folder = beside(s.SessionConfigurations[i].Folder)
	}
	if s.TopologyFile == "" {
		return s, nil
	}
	file := beside(s.TopologyFile)
	doc, err := os.ReadFile(file)
	if err != nil {
		return Spec{}, fmt.Errorf("read the topology file: %w", err)
	}
	if err := s.Seed(doc); err != nil {
		return Spec{}, fmt.Errorf("topology file %s: %w", file, err)
	}
	return s, nil
}

// Decode reads a description in YAML. Unknown fields are errors.
func Decode(raw []byte) (Spec, error) {
	var s Spec
	err := yaml.UnmarshalStrict(raw, &s)
	return s, err
}

// Seed adds the content of a Get-CsTopology -AsXml document to the description: the
// sites, pools and machines, and the SIP domains when the description has none.
func (s *Spec) Seed(raw []byte) error {
	doc, err := topology.Parse(raw)
	if err != nil {
		return err
	}
	s.document = doc
	if len(s.SIPDomains) == 0 {
		s.SIPDomains = doc.Domains
	}
	for _, ds := range doc.Sites {
		site := s.site(ds.Name)
		for _, c := range doc.Clusters {
			if c.ID.Site == ds.ID {
				site.adopt(doc, c)
			}
		}
	}
	return nil
}

// site gives the site of that name, and adds it when it does not exist.
func (s *Spec) site(name string) *SiteSpec {
	for i := range s.Sites {
		if key(s.Sites[i].Name) == key(name) {
			return &s.Sites[i]
		}
	}
	s.Sites = append(s.Sites, SiteSpec{Name: name})
	return &s.Sites[len(s.Sites)-1]
}

// adopt adds a cluster of the document as a pool of its kind. Clusters of other
// kinds (SQL, file shares) have no simulated machine.
func (s *SiteSpec) adopt(doc *topology.Document, c topology.Cluster) {
	switch {
	case doc.ServiceOn(c.FQDN, topology.RoleEdge) != nil:
		p := s.edgePool(c.FQDN)
		p.ExternalFQDN = doc.ExternalFQDN(c.FQDN)
		p.Servers = merge(p.Servers, c.Machines)
	case doc.ServiceOn(c.FQDN, topology.RoleRegistrar) != nil:
		p := s.frontEndPool(c.FQDN)
		p.Servers = merge(p.Servers, c.Machines)
	}
}

func (s *SiteSpec) edgePool(fqdn string) *EdgePoolSpec {
	for i := range s.EdgePools {
		if key(s.EdgePools[i].FQDN) == key(fqdn) {
			return &s.EdgePools[i]
		}
	}
	s.EdgePools = append(s.EdgePools, EdgePoolSpec{FQDN: fqdn})
	return &s.EdgePools[len(s.EdgePools)-1]
}

func (s *SiteSpec) frontEndPool(fqdn string) *FrontEndPoolSpec {
	for i := range s.FrontEndPools {
		if key(s.FrontEndPools[i].FQDN) == key(fqdn) {
			return &s.FrontEndPools[i]
		}
	}
	s.FrontEndPools = append(s.FrontEndPools, FrontEndPoolSpec{FQDN: fqdn})
	return &s.FrontEndPools[len(s.FrontEndPools)-1]
}

// merge keeps the machines of the description as they are and adds those that it
// lacks.
func merge(have []MachineSpec, machines []topology.Machine) []MachineSpec {
	var out []MachineSpec
	for _, m := range machines {
		ms := MachineSpec{FQDN: m.FQDN}
		for _, n := range m.Interfaces {
			// The real public address is not used, because the simulator cannot listen
			// on it.
			if a, err := netip.ParseAddr(n.Address); err == nil && n.Side == topology.SideExternal && !a.IsUnspecified() {
				ms.ExternalAddress = a
			}
		}
		for _, h := range have {
			if key(h.FQDN) == key(m.FQDN) {
				ms = h
			}
		}
		out = append(out, ms)
	}
	return out
}

// seeded is the document with the external addresses of the simulation. The
// simulator cannot listen on the addresses of the real organization.
func (s Spec) seeded() (*topology.Document, error) {
	doc := s.document
	for i := range s.Sites {
		for _, p := range s.Sites[i].EdgePools {
			for _, m := range p.Servers {
				var err error
				if doc, err = doc.WithExternalAddress(m.FQDN, optional(m.ExternalAddress), optional(m.NATAddress)); err != nil {
					return nil, err
				}
			}
		}
	}
	return doc, nil
}
