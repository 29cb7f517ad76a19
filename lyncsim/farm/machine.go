package farm

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// Role is the purpose of a machine.
type Role string

// The roles of machines.
const (
	RoleEdge       Role = "Edge"
	RoleFrontEnd   Role = "FrontEnd"
	RoleManagement Role = "Management" // only the management shell
)

// machine is one computer. All fields need Farm.mu.
type machine struct {
	spec MachineSpec
	fqdn string
	host string // full name that the machine itself reports
	pool string // pool FQDN; "" for a management machine
	role Role

	powered, connected bool
	// epoch counts power losses. An operation that began in an earlier epoch fails.
	epoch    int
	services []*service

	// local is the replica; nil before the first replication.
	local           *Configuration
	updated, status time.Time
	resetStatus     bool
	pending         bool // an update is on its way to the replica
	cancel          func()
	forced          bool
	stuck           bool
	slow            time.Duration
	off             time.Duration  // how far the machine's clock is ahead of the farm's
	sip, xmpp       bool           // components that setup has installed
	proxyConfig     *Configuration // configuration that the XMPP proxy read when it started
	// certificateFrom and certificateTo bound the Access Edge certificate.
	certificateFrom, certificateTo time.Time
	certificateWithout             []string
	certificateLoose               bool
}

func (m *machine) up() bool { return m.powered && m.connected }

// Machine is one computer as seen from outside the simulation.
type Machine struct {
	FQDN     string     `json:"fqdn"`
	HostName string     `json:"hostName"` // full name that the machine itself reports
	Pool     string     `json:"pool,omitempty"`
	Role     Role       `json:"role"`
	Address  netip.Addr `json:"address,omitzero"` // WinRM
	// PublicAddress is the address at which partners reach an Edge server.
	PublicAddress netip.Addr `json:"publicAddress,omitzero"`
	// DNSZones are the zones for which the machine is a DNS server.
	DNSZones  []string  `json:"dnsZones,omitempty"`
	Powered   bool      `json:"powered"`
	Connected bool      `json:"connected"`
	Services  []Service `json:"services,omitempty"`
	// SIPInstalled and XMPPInstalled report whether the last setup found these
	// components in the document of the local replica.
	SIPInstalled  bool `json:"sipInstalled,omitempty"`
	XMPPInstalled bool `json:"xmppInstalled,omitempty"`
	// LocalSignature is the signature of the document in the machine's replica.
	LocalSignature string `json:"localSignature,omitempty"`
	LocalVersion   int64  `json:"localVersion,omitempty"`
}

// Up reports whether the machine runs and can be reached.
func (m Machine) Up() bool { return m.Powered && m.Connected }

// Machines lists all computers in the order of the description.
func (f *Farm) Machines() []Machine {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]Machine, 0, len(f.order))
	for _, k := range f.order {
		out = append(out, f.machines[k].view())
	}
	return out
}

// Machine gives one computer by its topology name. Refusal: Invalid.
func (f *Farm) Machine(fqdn string) (Machine, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, err := f.machine(fqdn)
	if err != nil {
		return Machine{}, err
	}
	return m.view(), nil
}

// LocalStore gives the content of a computer's replica (-LocalStore). Setup applies
// the Enabled document in it. Faults: Invalid; Failed when the computer has never
// replicated.
func (f *Farm) LocalStore(fqdn string) (*Configuration, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, err := f.machine(fqdn)
	if err != nil {
		return nil, err
	}
	if m.local == nil {
		return nil, refusal.New(refusal.Failed, "read the local store of", m.fqdn, "the machine has no replica yet")
	}
	return m.local, nil
}

// ImportLocalStore replaces a computer's replica by hand
// (Import-CsConfiguration -LocalStore).
func (f *Farm) ImportLocalStore(a Actor, fqdn string, c *Configuration) error {
	return f.event(func() error {
		m, err := f.machine(fqdn)
		if err != nil {
			return f.write(a, "Replica:"+fqdn, "", "", err)
		}
		from := m.signature()
		m.local = c
		return f.write(a, "Replica:"+m.fqdn, from, m.signature(), nil)
	})
}

func (m *machine) signature() string {
	if m.local == nil {
		return ""
	}
	return m.local.Enabled.Signature
}

// machine finds a machine by its topology name. The caller holds f.mu.
func (f *Farm) machine(fqdn string) (*machine, error) {
	m, ok := f.machines[key(fqdn)]
	if !ok {
		return nil, notFound("find the machine", "machine", fqdn)
	}
	return m, nil
}

func (m *machine) view() Machine {
	v := Machine{
		FQDN: m.fqdn, HostName: m.host, Pool: m.pool, Role: m.role, Address: m.spec.Address,
		PublicAddress: m.spec.public(), DNSZones: m.spec.DNSZones, Powered: m.powered, Connected: m.connected,
		SIPInstalled: m.sip, XMPPInstalled: m.xmpp, LocalSignature: m.signature(),
	}
	if m.local != nil {
		v.LocalVersion = m.local.Version
	}
	for _, s := range m.services {
		v.Services = append(v.Services, s.Service)
	}
	return v
}

// public is the address at which partners reach an Edge server.
func (m MachineSpec) public() netip.Addr {
	if m.NATAddress.IsValid() {
		return m.NATAddress
	}
	return m.ExternalAddress
}

// acting refuses what a program would do that runs on a machine without power: it ended
// with the machine, whatever it has left to do. The caller holds f.mu.
func (f *Farm) acting(a Actor) error {
	if m, ok := f.machines[key(a.Machine)]; ok && !m.powered {
		return refusal.New(refusal.Unreachable, "act on", a.Machine, "the machine has no power")
	}
	return nil
}

// Kill cuts a machine's power. Its services stop, and operations on it fail.
func (f *Farm) Kill(a Actor, fqdn string) error {
	return f.machineEvent(a, fqdn, "power", "off", func(m *machine) string {
		was := onOff(m.powered)
		m.powered = false
		m.epoch++
		for _, s := range m.services {
			s.Status = Stopped
		}
		return was
	})
}

// AfterReturn says what the Lync services of a machine do when the machine comes
// back.
type AfterReturn string

const (
	// ServicesStart starts the services, as the start type Automatic does.
	ServicesStart AfterReturn = "start"
	// ServicesStayStopped leaves the services stopped until a person starts them, as
	// the failback procedure assumes ("start the Edge services").
	ServicesStayStopped AfterReturn = "stay-stopped"
)

// Return ends Kill and Disconnect: the machine has power and network again.
func (f *Farm) Return(a Actor, fqdn string, then AfterReturn) error {
	return f.machineEvent(a, fqdn, "power", "on", func(m *machine) string {
		was := onOff(m.up())
		cold := !m.powered
		m.powered, m.connected = true, true
		for _, s := range m.services {
			boots := then == ServicesStart || s.Name == ServiceReplica
			if cold && boots && s.StartType == Automatic {
				f.started(m, s)
			}
		}
		return was
	})
}

// Disconnect cuts a machine off the network. The machine keeps running.
func (f *Farm) Disconnect(a Actor, fqdn string) error {
	return f.machineEvent(a, fqdn, "network", "off", func(m *machine) string {
		was := onOff(m.connected)
		m.connected = false
		return was
	})
}

// Rename changes the full name that the machine itself reports; the topology keeps
// the old one. Setup then finds no roles for the machine.
func (f *Farm) Rename(a Actor, fqdn, hostName string) error {
	return f.machineEvent(a, fqdn, "host name", hostName, func(m *machine) string {
		was := m.host
		m.host = hostName
		return was
	})
}

// SetClock sets a machine's clock so far ahead of the farm's; behind it when off is negative.
func (f *Farm) SetClock(a Actor, fqdn string, off time.Duration) error {
	return f.machineEvent(a, fqdn, "clock", off.String(), func(m *machine) string {
		was := m.off.String()
		m.off = off
		return was
	})
}

// PoolMachines lists the computers of a pool. Refusal: Invalid.
func (f *Farm) PoolMachines(pool string) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, k := range f.order {
		if m := f.machines[k]; m.pool != "" && key(m.pool) == key(pool) {
			out = append(out, m.fqdn)
		}
	}
	if len(out) == 0 {
		return nil, notFound("find the pool", "pool with machines", pool)
	}
	return out, nil
}

func (f *Farm) machineEvent(a Actor, fqdn, what, to string, act func(*machine) (was string)) error {
	return f.event(func() error {
		m, err := f.machine(fqdn)
		if err != nil {
			return f.write(a, "Machine:"+fqdn+" "+what, "", to, err)
		}
		return f.write(a, "Machine:"+m.fqdn+" "+what, act(m), to, nil)
	})
}

// busy sleeps for the duration of an operation on a machine. It fails when the
// machine goes down in the meantime.
func (f *Farm) busy(ctx context.Context, fqdn, op string, d Duration) error {
	before, err := f.epoch(fqdn, op)
	if err != nil {
		return err
	}
	if err := f.clock.Sleep(ctx, d.std()); err != nil {
		return interrupted(op, fqdn, err)
	}
	after, err := f.epoch(fqdn, op)
	if err == nil && before != after {
		err = refusal.New(refusal.Unreachable, op, fqdn, "the machine lost power before it was done")
	}
	return err
}

func (f *Farm) epoch(fqdn, op string) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, err := f.machine(fqdn)
	if err != nil {
		return 0, err
	}
	if !m.powered {
		return 0, refusal.New(refusal.Unreachable, op, m.fqdn, "the machine is down")
	}
	return m.epoch, nil
}

func (d Duration) std() time.Duration { return time.Duration(d) }

func (m *machine) service(name string) *service {
	i := slices.IndexFunc(m.services, func(s *service) bool { return key(s.Name) == key(name) })
	if i < 0 {
		return nil
	}
	return m.services[i]
}
