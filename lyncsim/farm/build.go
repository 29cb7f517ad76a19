package farm

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
)

// build makes the settled state that the Spec describes.
func (f *Farm) build() error {
	if err := f.spec.check(); err != nil {
		return err
	}
	doc, err := f.document()
	if err != nil {
		return err
	}
	f.config = f.spec.configuration(doc, f.clock.Now())
	if err := f.config.checkRoutes(); err != nil {
		return err
	}
	f.history = []stamp{{f.config.Version, f.config.ChangedAt}}
	for _, c := range doc.Clusters {
		f.addCluster(doc, c)
	}
	for _, ms := range f.spec.ManagementServers {
		f.addMachine(ms, "", RoleManagement)
	}
	return nil
}

// document reads the topology document, or makes one from the description.
func (f *Farm) document() (*topology.Document, error) {
	if f.spec.document == nil {
		return topology.Build(f.spec.plan(f.product, f.guid()))
	}
	return f.spec.seeded()
}

// addCluster makes the machines of an Edge or Front End pool of the document.
func (f *Farm) addCluster(doc *topology.Document, c topology.Cluster) {
	role := RoleFrontEnd
	switch {
	case doc.ServiceOn(c.FQDN, topology.RoleEdge) != nil:
		role = RoleEdge
	case doc.ServiceOn(c.FQDN, topology.RoleRegistrar) == nil:
		return // SQL, file share, Office Web Apps: no simulated machine
	}
	for _, m := range c.Machines {
		f.addMachine(f.spec.machine(m.FQDN), c.FQDN, role)
	}
}

// addMachine adds a machine in its settled state: its replica is up to date, setup
// is done, and its services run.
func (f *Farm) addMachine(ms MachineSpec, pool string, role Role) {
	m := &machine{
		spec: ms, fqdn: ms.FQDN, host: ms.FQDN, pool: pool, role: role, powered: true, connected: true,
		local: f.config, updated: f.clock.Now(), status: f.clock.Now(),
		certificateFrom: f.clock.Now().Add(-time.Hour), certificateTo: f.clock.Now().Add(f.spec.Certificates.life()),
	}
	if ms.HostName != "" {
		m.host = ms.HostName
	}
	names := map[Role][][2]string{RoleEdge: edgeServices, RoleFrontEnd: frontEndServices}[role]
	for _, n := range names {
		if !f.product.has(n[0]) {
			continue
		}
		m.services = append(m.services, &service{Service{n[0], n[1], Running, Automatic}})
	}
	if role == RoleEdge {
		edge := f.config.Enabled.ServiceOn(pool, topology.RoleEdge)
		m.sip = edge.SIPFederation()
		m.install(edge.XMPPFederation() && f.product.XMPP)
		if s := m.service(ServiceXMPPProxy); s != nil {
			f.started(m, s)
		}
	}
	f.machines[key(ms.FQDN)] = m
	f.order = append(f.order, key(ms.FQDN))
}

// has reports whether a product generation has a service. Central logging came with
// 2013; XMPP existed from 2013 to 2015.
func (p Product) has(service string) bool {
	switch service {
	case ServiceClsAgent, "FabricHostSvc":
		return p.ID != "LyncServer2010"
	case "RTCXMPPTGW":
		return p.XMPP
	}
	return true
}

func (c CertificatesSpec) life() time.Duration {
	if c.ExpireAfter > 0 {
		return c.ExpireAfter.std()
	}
	return 365 * 24 * time.Hour
}

// check finds mistakes in the description.
func (s Spec) check() error {
	if len(s.Sites) == 0 && s.document == nil {
		return errors.New("sites: at least one is needed")
	}
	if s.XMPPRouteParameter != "" && s.XMPPRouteParameter != XMPPRouteByReference && s.XMPPRouteParameter != XMPPRouteByProcedures {
		return fmt.Errorf("xmppRouteParameter: %q is neither %s nor %s", s.XMPPRouteParameter, XMPPRouteByReference, XMPPRouteByProcedures)
	}
	if err := s.checkHosts(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for m := range s.machines() {
		if m.FQDN == "" {
			return errors.New("a server has no fqdn")
		}
		if seen[key(m.FQDN)] {
			return fmt.Errorf("the server %s occurs twice", m.FQDN)
		}
		seen[key(m.FQDN)] = true
	}
	for _, site := range s.Sites {
		for _, p := range site.EdgePools {
			if p.ExternalFQDN == "" || len(p.Servers) == 0 {
				return fmt.Errorf("edge pool %s: externalFQDN and at least one server are needed", p.FQDN)
			}
		}
		for _, p := range site.FrontEndPools {
			if len(p.Servers) == 0 {
				return fmt.Errorf("front end pool %s: at least one server is needed", p.FQDN)
			}
		}
	}
	return nil
}

// checkRoutes finds routes, backups and a CMS holder whose pool does not exist.
func (c *Configuration) checkRoutes() error {
	if c.Published.ServiceOn(c.CMSPool, topology.RoleRegistrar) == nil {
		return fmt.Errorf("centralManagement: %q is no Front End pool", c.CMSPool)
	}
	for site, r := range c.Routes {
		for _, pool := range []string{r.SIP, r.XMPP} {
			if pool != "" && !(pool == r.SIP && overDirector(pool)) && c.Published.ServiceOn(pool, topology.RoleEdge) == nil {
				return fmt.Errorf("site %s: its route names %q, which is no Edge pool", site, pool)
			}
		}
	}
	for fqdn, p := range c.Pools {
		if p.BackupPool != "" && c.Published.ServiceOn(p.BackupPool, topology.RoleRegistrar) == nil {
			return fmt.Errorf("front end pool %s: backupPool %q is no Front End pool", fqdn, p.BackupPool)
		}
	}
	return nil
}

// machine gives the description of a machine.
func (s Spec) machine(fqdn string) MachineSpec {
	for ms := range s.machines() {
		if strings.EqualFold(ms.FQDN, fqdn) {
			return *ms
		}
	}
	return MachineSpec{FQDN: fqdn}
}
