// Package kit_test judges the endpoint kit: its module runs in the simulator's evaluator,
// and in a really restricted session of a real PowerShell where FEDROUTE_POWERSHELL names
// one.
package kit_test

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/lyncsim/cmdlets"
	"github.com/fedroute/fedroute/lyncsim/cmdlets/dnsserver"
	simdns "github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/pwsh"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

const (
	fe1   = "fe1.contoso.com"
	edge1 = "edge1.contoso.com"
	edge2 = "edge2.contoso.com"
	dc1   = "dc1.contoso.com"
	mgmt1 = "mgmt1.contoso.com" // a management server that is a DNS server, too
)

var (
	limits = kit.Limits{
		Sites: []string{"Redmond"}, Pools: []string{"fe1.contoso.com", "fe2.contoso.com", edge1, edge2}, Zones: []string{"contoso.com"},
	}
	machines = map[string]kit.Machine{}
)

func init() {
	for fqdn, roles := range map[string][]kit.Role{fe1: {kit.FrontEnd}, edge1: {kit.Edge}, edge2: {kit.Edge}, dc1: {kit.DNS}, mgmt1: {kit.FrontEnd, kit.DNS}} {
		machines[fqdn] = kit.Machine{
			FQDN: fqdn, Roles: roles, RunAs: `CONTOSO\fedroute$`, Readers: `CONTOSO\FedRoute Readers`, Operators: `CONTOSO\FedRoute Operators`, Limits: limits,
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(fault.Sentence(err))
	}
}

// organization is a simulated farm with a DNS server.
type organization struct {
	*farm.Farm
	zones *simdns.Authority
}

func start(t *testing.T) *organization {
	t.Helper()
	spec, err := farm.Load("../../lyncsim/samples/one-site-two-pools.yaml")
	must(t, err)
	spec.NetBIOSDomain = "CONTOSO"
	spec.ManagementServers = []farm.MachineSpec{{FQDN: dc1, DNSZones: []string{"contoso.com"}}}
	_, err = spec.Allocate(netip.MustParsePrefix("127.9.9.0/24"))
	must(t, err)
	f, err := farm.New(spec, farm.Options{})
	must(t, err)
	zones, err := simdns.New(time.Now, []simdns.Zone{{Name: "contoso.com", Records: []string{
		"@ 3600 NS ns1", "ns1 3600 A 192.0.2.53", "fed 300 A 192.0.2.1", "fed 300 A 192.0.2.2",
		"_sipfederationtls._tcp.contoso.com. 300 SRV 0 0 5061 fed.contoso.com.",
	}}}, nil)
	must(t, err)
	return &organization{f, zones}
}

// runAs is the account that the kit's functions run as.
var runAs = identity.Identity{Account: `CONTOSO\fedroute$`, SignIn: identity.ServiceAccount, Groups: farm.Token(append(farm.AllRights(), farm.LocalAdministrator)...)}

// seat is a machine as a PowerShell of the run-as account finds it.
func (o *organization) seat(t *testing.T, fqdn string) pwsh.Seat {
	t.Helper()
	session := &cmdlets.Session{Farm: o.Farm, Machine: fqdn, Who: runAs}
	product, err := session.Module()
	must(t, err)
	host, _, _ := strings.Cut(fqdn, ".")
	s := pwsh.Seat{
		Name: fqdn, Machine: machine{dotnet.NewLoneMachine(strings.ToUpper(host), fqdn), session}, Clock: o.Clock(),
		Product: product, Setup: session.Bootstrapper, SetupPath: o.Product().Bootstrapper(),
	}
	if fqdn == dc1 {
		dns, err := (&dnsserver.Session{Zones: o.zones.On(dc1), ZoneNames: []string{"contoso.com"}, Server: dc1, User: `CONTOSO\fedroute$`}).Module()
		must(t, err)
		s.Further = []*powershell.Module{dns}
	}
	return s
}

// machine is a host of the farm.
type machine struct {
	dotnet.Machine
	session *cmdlets.Session // of the run-as account
}

// Token implements dotnet.Domain.
func (m machine) Token() dotnet.Token { return m.session.Token() }

// FindComputer implements dotnet.Domain.
func (m machine) FindComputer(dnsName string) (string, error) { return m.session.FindComputer(dnsName) }

// Listeners implements dotnet.Machine.
func (m machine) Listeners() []netip.AddrPort {
	found, err := m.session.Farm.Listeners(m.session.Machine)
	if err != nil {
		return nil
	}
	var all []netip.AddrPort
	for _, l := range found {
		all = append(all, netip.AddrPortFrom(l.Address, l.Port))
	}
	return all
}

// WindowsServices implements utility.ServiceManager.
func (m machine) WindowsServices() ([]utility.Service, error) {
	return sim.WindowsServices(m.session.Farm, m.session.Machine)
}

// unpack writes a machine's kit into a new folder and returns it.
func unpack(t *testing.T, m kit.Machine) string {
	t.Helper()
	must(t, m.Check())
	root := t.TempDir()
	for _, f := range m.Files(kit.Options{}) {
		path := filepath.Join(root, strings.TrimPrefix(f.Path, m.Folder()+"/"))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, f.Bytes(), 0o644))
	}
	return root
}

// functionsOf are the functions of the catalogue that a machine gets.
func functionsOf(m kit.Machine) (all []kit.Function) {
	for _, role := range m.Roles {
		all = append(all, kit.Functions(role)...)
	}
	return all
}

// runspace is a session in an installed kit, of the evaluator or of the real engine.
type runspace interface {
	Call(ctx context.Context, command psrp.Command) (psrp.Outcome, error)
	Healthy() bool
	Expired() bool
	Close(ctx context.Context) error
}

// engines are the PowerShells that run the kit: always the evaluator, and the real one
// where there is one, which judges what is said. open installs the kit on a machine of the
// organization.
func engines(t *testing.T, judging string, judge func(t *testing.T, open func(*organization, kit.Machine) runspace)) {
	t.Helper()
	t.Run("evaluator", func(t *testing.T) {
		judge(t, func(o *organization, m kit.Machine) runspace {
			return &evaluated{seat: o.seat(t, m.FQDN), folder: unpack(t, m)}
		})
	})
	t.Run("real engine", func(t *testing.T) {
		if path := realPowerShell(t, judging); path != "" {
			judge(t, func(o *organization, m kit.Machine) runspace { return enter(t, o, m, path) })
		}
	})
}

// answerOf calls a function and gives what it wrote, or the id of the error that ended it.
func answerOf(t *testing.T, r runspace, function string, given ...psrp.Parameter) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	outcome, err := r.Call(ctx, psrp.Command{Name: function, Parameters: given, Limit: time.Minute})
	if record, ok := errors.AsType[*psrp.ErrorRecord](err); ok {
		return "ended by " + record.ID
	}
	must(t, err)
	var texts []string
	for _, v := range outcome.Output {
		texts = append(texts, v.String())
	}
	for _, e := range outcome.Errors {
		texts = append(texts, "error "+e.ID)
	}
	for _, w := range outcome.Warnings {
		texts = append(texts, "warning "+w)
	}
	return strings.Join(texts, "\n")
}
