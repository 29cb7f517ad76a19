package catalogue_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/lyncsim/cmdlets"
	"github.com/fedroute/fedroute/lyncsim/cmdlets/dnsserver"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

const (
	pool1, pool2 = "pool1.contoso.com", "pool2.contoso.com"
	edge1, edge2 = "edge1.contoso.com", "edge2.contoso.com" // pools
	edge1a       = "edge1a.contoso.com"
	edge2a       = "edge2a.contoso.com"
	frontEnd     = "fe1.contoso.com"
)

// entry is how a test calls a script of the catalogue. The text becomes a script block, its
// arguments become a splatted table, and its output or error becomes JSON.
const entry = `
$ErrorActionPreference = 'Stop'
$arguments = @{}
foreach ($property in (ConvertFrom-Json -InputObject $requestArguments).PSObject.Properties) { $arguments[$property.Name] = $property.Value }
try { $reply = @{ result = @(& ([scriptblock]::Create($requestScript)) @arguments) } }
catch {
    $reply = @{ error = @{
        id = [string]$_.FullyQualifiedErrorId; category = [string]$_.CategoryInfo.Category
        message = [string]$_.Exception.Message; line = [int]$_.InvocationInfo.ScriptLineNumber
    } }
}
ConvertTo-Json -InputObject $reply -Depth 20 -Compress
`

// organization is a simulated farm with a PowerShell on each machine.
type organization struct {
	*farm.Farm
	machines map[string]*machine
	fleet    *shell.Fleet
}

// machine is the part of a host that outlives a process: disk and mutexes.
type machine struct {
	dotnet.Machine
	farm *farm.Farm
	fqdn string
	disk dotnet.Files
	who  identity.Identity
	dns  *dnsserver.Session // of a DNS server
}

// contoso has two sites with an Edge pool and a Front End pool each. Redmond's
// Edge pool federates, has two servers and stands behind a NAT.
func contoso(product string) farm.Spec {
	server := func(fqdn, inside, outside, public string) farm.MachineSpec {
		m := farm.MachineSpec{FQDN: fqdn, InternalAddress: netip.MustParseAddr(inside), ExternalAddress: netip.MustParseAddr(outside)}
		if public != "" {
			m.NATAddress = netip.MustParseAddr(public)
		}
		return m
	}
	p, err := farm.ProductByID(product)
	if err != nil {
		panic(err)
	}
	spec := farm.Spec{
		Name: "contoso", Product: product, SIPDomains: []string{"contoso.com"}, CentralManagement: pool1,
		Sites: []farm.SiteSpec{
			{
				Name: "Redmond", BranchSites: []string{"Portland"}, FederationRoute: edge1,
				EdgePools: []farm.EdgePoolSpec{{
					FQDN: edge1, ExternalFQDN: "sip.contoso.com", NextHop: pool1, Federation: true,
					Servers: []farm.MachineSpec{
						server(edge1a, "10.0.1.1", "192.168.1.1", "127.0.1.1"), server("edge1b.contoso.com", "10.0.1.2", "192.168.1.2", "127.0.1.2"),
					},
				}},
				FrontEndPools: []farm.FrontEndPoolSpec{{
					FQDN: pool1, EdgePool: edge1, BackupPool: pool2, Users: 2000, Servers: []farm.MachineSpec{{FQDN: frontEnd}},
				}},
			},
			{
				Name: "Dublin", FederationRoute: edge1,
				EdgePools: []farm.EdgePoolSpec{{
					FQDN: edge2, ExternalFQDN: "sip2.contoso.com", NextHop: pool1,
					Servers: []farm.MachineSpec{server(edge2a, "10.0.2.1", "127.0.1.3", "")},
				}},
				FrontEndPools: []farm.FrontEndPoolSpec{{
					FQDN: pool2, EdgePool: edge2, BackupPool: pool1, Servers: []farm.MachineSpec{{FQDN: "fe2.contoso.com"}},
				}},
			},
		},
		SimpleURLs: []farm.SimpleURLSet{{Scope: "Global", URLs: []farm.SimpleURL{
			{Component: "Meet", Domain: "contoso.com", Entries: []string{"https://meet.contoso.com"}, ActiveURL: "https://meet.contoso.com"},
			{Component: "Dialin", Domain: "*", Entries: []string{"https://dialin.contoso.com"}, ActiveURL: "https://dialin.contoso.com"},
		}}},
	}
	if p.XMPP {
		spec.XMPPDomains = []string{"contoso.com"}
		spec.Sites[0].XMPPFederationRoute = edge1
		spec.Sites[0].EdgePools[0].XMPP = true
	}
	return spec
}

func start(t *testing.T, spec farm.Spec) *organization {
	t.Helper()
	return startOn(t, spec, farm.NewManualClock(time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)))
}

func startOn(t *testing.T, spec farm.Spec, clock farm.Clock) *organization {
	t.Helper()
	f, err := farm.New(spec, farm.Options{Clock: clock, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	o := &organization{Farm: f, machines: map[string]*machine{}}
	for _, m := range f.Machines() {
		short, _, _ := strings.Cut(m.HostName, ".")
		o.machines[m.FQDN] = &machine{
			Machine: dotnet.NewLoneMachine(strings.ToUpper(short), m.HostName), farm: f, fqdn: m.FQDN, disk: dotnet.NewMemoryDisk(),
			who: farm.AtConsole(`CONTOSO\fedroute`),
		}
	}
	// The disks hold the setup program where the product has it.
	for _, m := range o.machines {
		if err := m.disk.WriteFile(f.Product().Bootstrapper(), []byte("MZ")); err != nil {
			t.Fatal(err)
		}
	}
	nobody := shell.Account{
		Management: func(context.Context) (remote.Credentials, error) {
			return remote.Credentials{Method: remote.NTLM, Username: `CONTOSO\fedroute`}, nil
		},
		Edge: func(context.Context, string) (remote.Credentials, error) {
			return remote.Credentials{Method: remote.NTLM}, nil
		},
	}
	o.fleet = shell.NewFleet(shell.Config{
		Management: []remote.Endpoint{{URL: "https://" + frontEnd}}, Reader: nobody, Operator: nobody,
		EdgeServer: func(fqdn string) remote.Endpoint { return remote.Endpoint{URL: "https://" + fqdn} },
		Dial:       o.dial,
	})
	return o
}

func (o *organization) dial(_ context.Context, endpoint remote.Endpoint, _ remote.Credentials) (remote.Session, error) {
	u, err := url.Parse(endpoint.URL)
	if err != nil {
		return nil, err
	}
	m := o.machines[u.Host]
	if m == nil {
		return nil, fault.New(fault.Unreachable, "connect to", u.Host, "there is no such machine")
	}
	return m, nil
}

// Listeners implements dotnet.Machine.
func (m *machine) Listeners() []netip.AddrPort {
	found, err := m.farm.Listeners(m.fqdn)
	if err != nil {
		return nil
	}
	var all []netip.AddrPort
	for _, l := range found {
		all = append(all, netip.AddrPortFrom(l.Address, l.Port))
	}
	return all
}

// Certificates implements dotnet.CertificateStore.
func (m *machine) Certificates() []dotnet.StoredCertificate {
	return sim.StoredCertificates(m.farm, m.fqdn)
}

// Token implements dotnet.Domain.
func (m *machine) Token() dotnet.Token { return m.session().Token() }

// FindComputer implements dotnet.Domain.
func (m *machine) FindComputer(dnsName string) (string, error) {
	return m.session().FindComputer(dnsName)
}

func (m *machine) session() *cmdlets.Session {
	return &cmdlets.Session{Farm: m.farm, Machine: m.fqdn, Who: m.who}
}

// dnsHost is the DNS server of contoso.com.
const dnsHost = "dc1.contoso.com"

// WindowsServices implements utility.ServiceManager.
func (m *machine) WindowsServices() ([]utility.Service, error) {
	return sim.WindowsServices(m.farm, m.fqdn)
}

// process starts a PowerShell on the machine.
func (m *machine) process() (rs *powershell.Runspace, stdout, stderr *bytes.Buffer, err error) {
	session := m.session()
	module, err := session.Module()
	if err != nil {
		return nil, nil, nil, err
	}
	modules := []*powershell.Module{module}
	if m.dns != nil {
		if module, err = m.dns.Module(); err != nil {
			return nil, nil, nil, err
		}
		modules = append(modules, module)
	}
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	rs = powershell.New(powershell.Options{
		Notation: powershell.Recorded, Stdout: stdout, Stderr: stderr, Clock: m.farm.Clock(), Machine: m, Account: m.who.Account, Files: m.disk,
		Programs: programs{session}, Modules: modules, Loaded: utility.Modules(),
		Env: map[string]string{"TEMP": `C:\Windows\Temp`, "ProgramFiles": `C:\Program Files`},
	})
	return rs, stdout, stderr, nil
}

// Call implements remote.Session: each call is a process of its own.
func (m *machine) Call(ctx context.Context, request remote.Request) (json.RawMessage, error) {
	arguments := []byte("{}")
	if request.Arguments != nil {
		var err error
		if arguments, err = json.Marshal(request.Arguments); err != nil {
			return nil, err
		}
	}
	rs, stdout, stderr, err := m.process()
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	rs.Set("requestScript", request.Script)
	rs.Set("requestArguments", string(arguments))
	rs.Run(ctx, entry)

	var reply struct {
		Result json.RawMessage
		Error  *remote.ScriptError
	}
	if err := json.Unmarshal(stdout.Bytes(), &reply); err != nil || stderr.Len() > 0 {
		return nil, fmt.Errorf("%s on %s said %q and %q", request.Name, m.fqdn, stdout, stderr)
	}
	if reply.Error != nil {
		return nil, &fault.Error{Kind: fault.Failed, Op: request.Name, Target: m.fqdn, Cause: reply.Error.Message, Err: reply.Error}
	}
	return reply.Result, nil
}

func (m *machine) Healthy() bool               { return true }
func (m *machine) Expired() bool               { return false }
func (m *machine) Close(context.Context) error { return nil }

// programs are the executables of a machine: only setup.
type programs struct{ session *cmdlets.Session }

func (p programs) Find(path string) bool {
	return strings.EqualFold(path, p.session.Farm.Product().Bootstrapper())
}

// Run reads its input as setup might. Without an input of its own a program inherits that of
// the worker, and what it reads of it is lost to the worker.
func (p programs) Run(ctx context.Context, _ string, args []string, input string) (string, int, error) {
	if input == "" {
		return "it read the worker's next calls", 1, nil
	}
	var out bytes.Buffer
	code := p.session.Bootstrapper(ctx, args, &out)
	return out.String(), code, nil
}
