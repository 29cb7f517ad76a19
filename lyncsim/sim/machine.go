package sim

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fedroute/fedroute/lyncsim/configuration"
	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/pwsh"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// The ports of WinRM.
const (
	winrmPort = 5986 // HTTPS
	plainPort = 5985 // HTTP
)

// machine is one running computer: its WinRM service, and the disk and the named
// mutexes that the commands on it share.
type machine struct {
	org     *Organization
	info    farm.Machine // as it was at the start
	server  *wsman.Server
	plain   *wsman.Server // the listener without TLS; nil when there is none
	ocs     *wsman.Server // the product's own endpoint; nil where there is none
	console *console.Console
	disk    dotnet.Files
	mutexes dotnet.Mutexes

	mu    sync.Mutex
	muted bool // the machine's network is cut
	left  bool // the organization is closed
	// configurations are the session configurations that were installed.
	configurations *configuration.Set
}

func (o *Organization) newMachine(info farm.Machine, seed uint64) (*machine, error) {
	m := o.bareMachine(info)
	cert, err := o.certs.machine(info.FQDN, info.Address)
	if err != nil {
		return nil, err
	}
	domain := ""
	if o.joined(info) {
		domain = o.spec.NetBIOSDomain
	}
	acceptor, err := o.acceptor(info)
	if err != nil {
		return nil, err
	}
	m.console = &console.Console{Machine: info.FQDN, Domain: domain, PowerShell: m, ReadFile: m.readScript,
		Setup: m.setup, SetupPath: o.farm.Product().Bootstrapper(), Listeners: m.Listeners,
		ExecutionPolicy: o.spec.Host(info.FQDN).ExecutionPolicy}
	host := o.spec.Host(info.FQDN)
	config := wsman.Config{
		Machine: info.FQDN, Domain: domain, Address: netip.AddrPortFrom(info.Address, winrmPort).String(),
		Certificate: cert, ClientCAs: o.ca.Pool(), Accounts: m, Program: m.console, Remoting: m, Seed: seed, Clock: o.shellClock, Listen: o.listen,
		Kerberos: acceptor, Methods: o.signIn.methods(info), Languages: []string{string(o.farm.Language())},
		ChannelBinding: wsman.BindingLevel(host.CbtHardeningLevel), StartsByCmd: host.StartsByCmd, Quotas: quotas(host.Quotas),
	}
	if m.server, err = wsman.New(config); err != nil {
		return m, err
	}
	if err := m.openOcsPowershell(config); err != nil || !host.TakesHTTP() {
		return m, err
	}
	config.Transport, config.AllowUnencrypted = wsman.PlainHTTP, host.AllowUnencrypted
	config.Address = netip.AddrPortFrom(info.Address, plainPort).String()
	m.plain, err = wsman.New(config)
	return m, err
}

func quotas(q farm.QuotasSpec) wsman.Quotas {
	return wsman.Quotas{
		MaxShellsPerUser: q.MaxShellsPerUser, MaxProcessesPerShell: q.MaxProcessesPerShell,
		MaxConcurrentOperationsPerUser: q.MaxConcurrentOperationsPerUser,
		IdleTimeOut:                    time.Duration(q.IdleTimeout), MaxShellRunTime: time.Duration(q.MaxShellRunTime),
	}
}

// listeners are the machine's WinRM services, and the product's own.
func (m *machine) listeners() []*wsman.Server {
	return slices.DeleteFunc([]*wsman.Server{m.server, m.plain, m.ocs}, func(s *wsman.Server) bool { return s == nil })
}

// each does the same to all of them.
func (m *machine) each(act func(*wsman.Server)) {
	for _, s := range m.listeners() {
		act(s)
	}
}

// WinRM is a machine's WinRM service, so that a test can disturb it; nil when there
// is no such machine.
func (o *Organization) WinRM(fqdn string) *wsman.Server {
	m, err := o.machine(fqdn)
	if err != nil {
		return nil
	}
	return m.server
}

// bareMachine is a machine without its WinRM service.
func (o *Organization) bareMachine(info farm.Machine) *machine {
	m := &machine{org: o, info: info, disk: dotnet.NewMemoryDisk(), configurations: &configuration.Set{}}
	if o.powershell != nil {
		m.disk = pwsh.Disk{} // a real PowerShell reads and writes real files
		return m
	}
	// The setup program exists as a file with the right name. The method setup does
	// its work.
	_ = m.disk.WriteFile(o.farm.Product().Bootstrapper(), []byte("MZ"))
	return m
}

// follow brings the WinRM service into the machine's state: off while the machine
// has no power, mute while its network is cut.
func (m *machine) follow() {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, err := m.org.farm.Machine(m.info.FQDN)
	switch {
	case err != nil, m.left:
	case !now.Powered:
		m.each((*wsman.Server).Stop)
	case !now.Connected:
		m.each((*wsman.Server).Freeze)
		m.muted = true
	default:
		if m.muted {
			m.each((*wsman.Server).Behave)
			m.muted = false
		}
		// It fails only when another program has taken the address in the meantime.
		m.each(func(s *wsman.Server) { _ = s.Start() })
	}
}

// leave closes the WinRM service for good. The farm goes on for a while, for example
// with a replication under way, and must not open the service again.
func (m *machine) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left = true
	m.each((*wsman.Server).Stop)
}

// Name implements dotnet.Machine: the NetBIOS name.
func (m *machine) Name() string {
	name, _, _ := strings.Cut(m.FQDN(), ".")
	return strings.ToUpper(name)
}

// FQDN implements dotnet.Machine. It is the full name that the machine itself
// reports.
func (m *machine) FQDN() string {
	now, err := m.org.farm.Machine(m.info.FQDN)
	if err != nil {
		return m.info.FQDN
	}
	return now.HostName
}

// Certificates implements dotnet.CertificateStore.
func (m *machine) Certificates() []dotnet.StoredCertificate {
	return StoredCertificates(m.org.farm, m.info.FQDN)
}

// Listeners implements dotnet.Machine.
func (m *machine) Listeners() []netip.AddrPort {
	out := []netip.AddrPort{netip.AddrPortFrom(netip.IPv4Unspecified(), winrmPort)}
	if m.plain != nil {
		out = append([]netip.AddrPort{netip.AddrPortFrom(netip.IPv4Unspecified(), plainPort)}, out...)
	}
	list, err := m.org.farm.Listeners(m.info.FQDN)
	if err != nil {
		return out
	}
	for _, l := range list {
		out = append(out, netip.AddrPortFrom(l.Address, l.Port))
	}
	return out
}

// Mutexes implements dotnet.Machine.
func (m *machine) Mutexes() *dotnet.Mutexes { return &m.mutexes }

func (m *machine) readScript(path string) (string, error) {
	text, err := m.disk.ReadFile(path)
	return string(text), err
}
