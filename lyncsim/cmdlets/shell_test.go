package cmdlets_test

import (
	"bytes"
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/cmdlets"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

const (
	frontEnd = "fe1.contoso.com"
	edge1    = "edge1a.contoso.com"
	edge2    = "edge2a.contoso.com"
	anna     = `CONTOSO\anna`
)

var start = time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)

// contoso is an organization with two sites. Redmond's Edge pool has two servers and
// federates. Dublin's has one server and does not federate.
func contoso() farm.Spec {
	edge := func(fqdn, external string) farm.MachineSpec {
		return farm.MachineSpec{FQDN: fqdn, InternalAddress: netip.MustParseAddr("10.0.0.1"), ExternalAddress: netip.MustParseAddr(external)}
	}
	return farm.Spec{
		Name: "contoso", Product: "LyncServer2013", SIPDomains: []string{"contoso.com", "contoso.net"}, XMPPDomains: []string{"contoso.com"},
		CentralManagement: "pool1.contoso.com",
		Sites: []farm.SiteSpec{
			{
				Name: "Redmond", BranchSites: []string{"Portland"},
				FederationRoute: "edge1.contoso.com", XMPPFederationRoute: "edge1.contoso.com",
				EdgePools: []farm.EdgePoolSpec{{
					FQDN: "edge1.contoso.com", ExternalFQDN: "sip1.contoso.com", NextHop: "pool1.contoso.com", Federation: true, XMPP: true,
					Servers: []farm.MachineSpec{edge(edge1, "127.0.1.1"), edge("edge1b.contoso.com", "127.0.1.2")},
				}},
				FrontEndPools: []farm.FrontEndPoolSpec{{
					FQDN: "pool1.contoso.com", EdgePool: "edge1.contoso.com", BackupPool: "pool2.contoso.com", Users: 2000,
					Servers: []farm.MachineSpec{{FQDN: frontEnd}},
				}},
			},
			{
				Name: "Dublin", FederationRoute: "edge1.contoso.com",
				EdgePools: []farm.EdgePoolSpec{{
					FQDN: "edge2.contoso.com", ExternalFQDN: "sip2.contoso.com", NextHop: "pool1.contoso.com",
					Servers: []farm.MachineSpec{edge(edge2, "127.0.1.3")},
				}},
				FrontEndPools: []farm.FrontEndPoolSpec{{
					FQDN: "pool2.contoso.com", EdgePool: "edge2.contoso.com", BackupPool: "pool1.contoso.com",
					Servers: []farm.MachineSpec{{FQDN: "fe2.contoso.com"}},
				}},
			},
		},
		SimpleURLs: []farm.SimpleURLSet{{Scope: "Global", URLs: []farm.SimpleURL{
			{Component: "Meet", Domain: "contoso.com", Entries: []string{"https://meet.contoso.com"}, ActiveURL: "https://meet.contoso.com"},
			{Component: "Dialin", Domain: "*", Entries: []string{"https://dialin.contoso.com"}, ActiveURL: "https://dialin.contoso.com"},
		}}},
	}
}

func newFarm(t *testing.T, edit func(*farm.Spec)) (*farm.Farm, *farm.ManualClock) {
	t.Helper()
	spec := contoso()
	if edit != nil {
		edit(&spec)
	}
	clock := farm.NewManualClock(start)
	f, err := farm.New(spec, farm.Options{Clock: clock, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return f, clock
}

// shell is a PowerShell on one machine.
type shell struct {
	farm    *farm.Farm
	machine string
	who     identity.Identity
	files   dotnet.Files
	ran     []string
}

func newShell(f *farm.Farm, machine string) *shell {
	return &shell{farm: f, machine: machine, who: farm.AtConsole(anna), files: dotnet.NewMemoryDisk()}
}

// answer is the result of a script: its output, one line per object, and the ids of its
// errors.
type answer struct {
	Out    []string
	Errors []string
}

// run runs a script in a fresh process on the shell's machine.
func (s *shell) run(t *testing.T, script string) answer {
	t.Helper()
	session := &cmdlets.Session{Farm: s.farm, Machine: s.machine, Who: s.who, Ran: func(name string) { s.ran = append(s.ran, name) }}
	module, err := session.Module()
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	rs := powershell.New(powershell.Options{
		Notation: powershell.Recorded, Stdout: &stdout, Stderr: &stderr, Files: s.files, Clock: s.farm.Clock(),
		Machine: dotnet.NewLoneMachine("SERVER", s.machine), Modules: []*powershell.Module{module}, Loaded: utility.Modules(),
	})
	defer rs.Close()
	rs.Run(context.Background(), script)
	return answer{lines(stdout.String()), ids(stderr.String())}
}

func lines(text string) []string {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// ids returns the error id of each recorded error line.
func ids(text string) []string {
	var list []string
	for _, line := range lines(text) {
		id, _, _ := strings.Cut(line, "\t")
		list = append(list, id)
	}
	return list
}

// oneLiner is a script and its answer on a new farm.
type oneLiner struct {
	reason  string
	edit    func(*farm.Spec)
	on      string // machine that runs the script; the Front End when empty
	script  string
	want    answer
	refused string // "not supported by the simulator: …" when there is no answer
}

// check runs each case on a new farm.
func check(t *testing.T, cases map[string]oneLiner) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f, _ := newFarm(t, tc.edit)
			machine := tc.on
			if machine == "" {
				machine = frontEnd
			}
			got := newShell(f, machine).run(t, tc.script)
			if tc.refused != "" {
				if len(got.Errors) != 1 || !strings.Contains(got.Errors[0], "not supported by the simulator: "+tc.refused) {
					t.Errorf("%s: got %+v, want the refusal of %s", tc.reason, got, tc.refused)
				}
				return
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", tc.reason, tc.script, diff)
			}
		})
	}
}

func product(id string) func(*farm.Spec) { return func(s *farm.Spec) { s.Product = id } }
