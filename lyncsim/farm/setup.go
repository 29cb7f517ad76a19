package farm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// Setup is "set up or remove Lync Server components, run again" on a machine:
// Bootstrapper.exe without arguments, or Enable-CsComputer. It first disables every
// role, which stops the services. It then enables the roles of the LOCAL replica's
// document and restarts the services that ran before. A newly installed XMPP proxy
// stays stopped, because the XMPP procedure stops and starts all services itself.
//
// When the topology does not contain the name that the machine itself reports, Setup
// finds no roles. The services then stay disabled, and the error is Failed. Setup on
// a replica older than the document in force is carried out, but violates I8.
// Faults: Invalid, Busy, Failed, Unreachable.
func (f *Farm) Setup(ctx context.Context, a Actor, fqdn string) error {
	done, err := f.begin(a, "setup", fqdn)
	if err != nil {
		return err
	}
	defer done()
	local, err := f.setupBegins(a, fqdn)
	if err != nil {
		return err
	}
	var ran []string
	if err := f.event(func() error { ran = f.disable(fqdn); return nil }); err != nil {
		return err
	}
	if err := f.busy(ctx, fqdn, "run setup on", f.durations.Setup); err != nil {
		return f.refuse(a, "Setup:"+fqdn, err)
	}
	return f.event(func() error {
		m, err := f.machine(fqdn)
		if err != nil {
			return err
		}
		from := m.installed()
		if err := f.strike(FaultSetupFails, m.fqdn); err != nil {
			return f.write(a, "Setup:"+m.fqdn, from, "disabled", err)
		}
		if err := m.enable(f, local, ran); err != nil {
			return f.write(a, "Setup:"+m.fqdn, from, "disabled", err)
		}
		return f.write(a, "Setup:"+m.fqdn, from, m.installed(), nil)
	})
}

// DisableComputer does what Disable-CsComputer does: it removes all roles and
// disables the services.
func (f *Farm) DisableComputer(a Actor, fqdn string) error {
	return f.machineEvent(a, fqdn, "roles", "disabled", func(m *machine) string {
		was := m.installed()
		f.disable(m.fqdn)
		return was
	})
}

// setupBegins reads the replica, whose document setup applies, and checks I8.
func (f *Farm) setupBegins(a Actor, fqdn string) (*Configuration, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, err := f.machine(fqdn)
	switch {
	case err != nil:
	case !m.powered:
		err = refusal.New(refusal.Unreachable, "run setup on", m.fqdn, "the machine is down")
	case m.role == RoleManagement:
		err = refusal.New(refusal.Failed, "run setup on", m.fqdn, "no roles are defined for this computer")
	case m.local == nil:
		err = refusal.New(refusal.Failed, "run setup on", m.fqdn, "the local store has no topology yet")
	}
	if err != nil {
		return nil, f.write(a, "Setup:"+fqdn, "", "", err)
	}
	if have, now := m.signature(), f.config.Enabled.Signature; have != now {
		f.violate("I8", a, fmt.Sprintf("ran setup on %s with the local document %s while %s was in force", m.fqdn, have, now))
	}
	return m.local, nil
}

// disable stops and disables every role's services and returns the names of those
// that ran. REPLICA keeps running, because setup needs it. The caller holds f.mu.
func (f *Farm) disable(fqdn string) (ran []string) {
	m := f.machines[key(fqdn)]
	for _, s := range m.services {
		if s.Name == ServiceReplica {
			continue
		}
		if s.Status == Running || s.Status == StartPending {
			ran = append(ran, s.Name)
		}
		s.Status, s.StartType = Stopped, Disabled
	}
	m.sip, m.xmpp = false, false
	return ran
}

// enable installs the roles that the local document has for this machine. The caller
// holds f.mu.
func (m *machine) enable(f *Farm, local *Configuration, ran []string) error {
	pool := poolOfHost(local.Enabled, m.host)
	if pool == nil {
		return refusal.New(refusal.Failed, "run setup on", m.fqdn,
			fmt.Sprintf("no roles found for %q in the local topology; services stay disabled", m.host)).
			Adding("the machine serves nothing", "give the machine the full name that the topology has and run setup again")
	}
	if edge := local.Enabled.ServiceOn(pool.FQDN, topology.RoleEdge); edge != nil {
		m.sip = edge.SIPFederation()
		m.install(edge.XMPPFederation() && f.product.XMPP)
	}
	for _, s := range m.services {
		s.StartType = Automatic
		if contains(ran, s.Name) {
			f.started(m, s)
		}
	}
	return nil
}

// install adds or removes the XMPP proxy's service.
func (m *machine) install(xmpp bool) {
	m.xmpp = xmpp
	m.services = slices.DeleteFunc(m.services, func(s *service) bool { return !xmpp && s.Name == ServiceXMPPProxy })
	if xmpp && m.service(ServiceXMPPProxy) == nil {
		m.services = append(m.services, &service{Service{ServiceXMPPProxy, xmppProxyDisplay, Stopped, Automatic}})
	}
}

// installed names the federation components, for the journal.
func (m *machine) installed() string {
	var parts []string
	if m.sip {
		parts = append(parts, "5061")
	}
	if m.xmpp {
		parts = append(parts, "5269")
	}
	if len(parts) == 0 {
		return "no federation"
	}
	return strings.Join(parts, "+")
}

func poolOfHost(d *topology.Document, host string) *topology.Cluster {
	for i := range d.Clusters {
		for _, m := range d.Clusters[i].Machines {
			if strings.EqualFold(m.FQDN, host) {
				return &d.Clusters[i]
			}
		}
	}
	return nil
}
