package catalogue_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

func (o *organization) topology(t *testing.T) lync.Topology {
	t.Helper()
	topology, _, err := shell.NewObserver(o.fleet).ReadTopology(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return topology
}

func (o *organization) operator() *shell.Operator { return shell.NewOperator(o.fleet) }

// unharmed checks the things that no script may ever break.
func (o *organization) unharmed(t *testing.T) {
	t.Helper()
	for _, v := range o.Violations() {
		t.Errorf("%s is violated: %s", v.Invariant, v.Detail)
	}
	if lost := o.LostSimpleURLs(); lost != nil {
		t.Errorf("simple URLs are lost: %v", lost)
	}
}

func TestSetSiteRoute(t *testing.T) {
	cases := map[string]struct {
		reason    string
		product   string
		parameter string
		site      string
		protocol  lync.Protocol
		pool      string
		kind      fault.Kind
	}{
		"SIP":            {"every version has it", "LyncServer2010", "", "Dublin", lync.SIP, edge2, ""},
		"SIP again":      {"a route that is there already stays", "LyncServer2013", "", "Redmond", lync.SIP, edge1, ""},
		"XMPP":           {"the reference's parameter", "LyncServer2013", farm.XMPPRouteByReference, "Redmond", lync.XMPP, edge2, ""},
		"XMPP otherwise": {"the procedures' parameter", "SkypeForBusinessServer2015", farm.XMPPRouteByProcedures, "Redmond", lync.XMPP, edge2, ""},
		"no XMPP":        {"2010 has no parameter", "LyncServer2010", "", "Redmond", lync.XMPP, edge2, fault.Unsupported},
		"unknown site":   {"typing error", "LyncServer2013", "", "Rome", lync.SIP, edge2, fault.Invalid},
		"unknown pool":   {"typing error", "LyncServer2013", "", "Redmond", lync.SIP, "edge9.contoso.com", fault.Invalid},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			spec := contoso(c.product)
			spec.XMPPRouteParameter = c.parameter
			o := start(t, spec)
			got, err := o.operator().SetSiteRoute(context.Background(), c.site, c.protocol, c.pool)
			if fault.KindOf(err) != c.kind {
				t.Fatalf("%s: got %v, want kind %q", c.reason, err, c.kind)
			}
			o.unharmed(t)
			if c.kind != "" {
				return
			}
			for _, site := range o.topology(t).Sites {
				if site.Name == c.site && (site.Route(c.protocol) != c.pool || got != c.pool) {
					t.Errorf("%s: read back %q, observed %q", c.reason, got, site.Route(c.protocol))
				}
			}
		})
	}
}

func TestEdgeServices(t *testing.T) {
	o := start(t, contoso("SkypeForBusinessServer2019"))
	observer := shell.NewObserver(o.fleet)
	for _, step := range []struct {
		act   func(context.Context, string) error
		state lync.ServiceState
	}{{o.operator().StopServices, lync.ServiceStopped}, {o.operator().StartServices, lync.ServiceRunning}} {
		if err := step.act(context.Background(), edge1a); err != nil {
			t.Fatal(err)
		}
		state, err := observer.ReadEdgeServer(context.Background(), edge1a)
		if err != nil || len(state.Services) == 0 {
			t.Fatalf("%d services, %v", len(state.Services), err)
		}
		for _, s := range state.Services {
			if s.State != step.state {
				t.Errorf("%s is %s, want %s", s.Name, s.State, step.state)
			}
		}
	}
	if err := o.AddFault(farm.Fault{Kind: farm.FaultServiceWillNotStart, Target: edge1a + "/RTCSRV"}); err != nil {
		t.Fatal(err)
	}
	if err := o.operator().StopServices(context.Background(), edge1a); err != nil {
		t.Fatal(err)
	}
	if err := o.operator().StartServices(context.Background(), edge1a); !fault.Is(err, fault.Failed) {
		t.Errorf("a service that will not start: got %v", err)
	}
}

func TestSetup(t *testing.T) {
	cases := map[string]struct {
		reason  string
		product string
		spoil   func(*farm.Spec)
		stale   bool
		kind    fault.Kind
		ran     string
	}{
		"2010":  {"a folder by the pattern of 2013", "LyncServer2010", nil, false, "", "Bootstrapper.exe"},
		"2013":  {"a documented folder", "LyncServer2013", nil, false, "", "Bootstrapper.exe"},
		"2015":  {"a documented folder", "SkypeForBusinessServer2015", nil, false, "", "Bootstrapper.exe"},
		"2019":  {"a documented folder", "SkypeForBusinessServer2019", nil, false, "", "Bootstrapper.exe"},
		"SE":    {"its folder is not known, and that of 2019, which it was upgraded from, is not its own", "SkypeForBusinessServerSE", nil, false, "", "Enable-CsComputer"},
		"stale": {"setup would apply the old topology", "LyncServer2013", nil, true, fault.WorldChanged, ""},
		"wrong name": {
			"setup would find no roles", "LyncServer2013",
			func(s *farm.Spec) { s.Sites[1].EdgePools[0].Servers[0].HostName = "edge2a" }, false, fault.Invalid, "",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			spec := contoso(c.product)
			if c.spoil != nil {
				c.spoil(&spec)
			}
			o := start(t, spec)
			o.keepOlderFolders(t, edge2a)
			change := lync.FlagChange{Signature: o.topology(t).Signature, Flags: []lync.Flag{{Pool: edge2, Protocol: lync.SIP, On: true}}}
			if c.stale {
				if err := o.AddFault(farm.Fault{Kind: farm.FaultStuckReplica, Target: edge2a}); err != nil {
					t.Fatal(err)
				}
			}
			published, err := o.operator().PublishFlags(context.Background(), change)
			if err != nil {
				t.Fatal(err)
			}
			err = o.operator().Setup(context.Background(), edge2a, published.Signature)
			if fault.KindOf(err) != c.kind {
				t.Fatalf("%s: got %v, want kind %q", c.reason, err, c.kind)
			}
			o.unharmed(t)
			ran := ""
			for _, e := range o.Journal() {
				if strings.EqualFold(e.Actor.Machine, edge2a) {
					ran = e.Actor.Command
				}
			}
			if ran != c.ran {
				t.Errorf("%s: %q was run, want %q", c.reason, ran, c.ran)
			}
		})
	}
}

// keepOlderFolders leaves on a machine what upgrades may leave there: the setup programs of
// all versions before its own.
func (o *organization) keepOlderFolders(t *testing.T, machine string) {
	t.Helper()
	for _, id := range farm.ProductIDs() { // their names sort by age
		if id == o.Product().ID {
			return
		}
		older, err := farm.ProductByID(id)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.machines[machine].disk.WriteFile(older.Bootstrapper(), []byte("MZ")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAssociate(t *testing.T) {
	o := start(t, contoso("SkypeForBusinessServer2015"))
	got, err := o.operator().Associate(context.Background(), pool1, edge2)
	if err != nil {
		t.Fatal(err)
	}
	want := lync.Association{Registrar: edge2, Conferencing: edge2, Mediation: edge2, HasMediation: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	for _, pool := range o.topology(t).FrontEndPools {
		if diff := cmp.Diff(want, pool.Edge); diff != "" {
			t.Errorf("observed at %s (-want +got):\n%s", pool.FQDN, diff)
		}
	}
	writes := len(o.Journal())
	if _, err := o.operator().Associate(context.Background(), pool1, edge2); err != nil || len(o.Journal()) != writes {
		t.Errorf("the second time %d writes and %v", len(o.Journal())-writes, err)
	}
	if _, err := o.operator().Associate(context.Background(), "pool9.contoso.com", edge2); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unknown pool: %v", err)
	}
	o.unharmed(t)
}

func TestFailBack(t *testing.T) {
	o := start(t, contoso("LyncServer2013"))
	person := farm.Actor{User: `CONTOSO\anna`, Machine: frontEnd, Command: "a person"}
	if err := o.SetPoolState(person, pool2, farm.PoolFailedOver); err != nil {
		t.Fatal(err)
	}
	state := func() lync.PoolState {
		for _, p := range o.topology(t).FrontEndPools {
			if p.FQDN == pool2 {
				return p.State
			}
		}
		return ""
	}
	if got := state(); got != lync.PoolFailedOver {
		t.Fatalf("the pool reads %q", got)
	}
	if err := o.operator().FailBack(context.Background(), pool2); err != nil {
		t.Fatal(err)
	}
	if got := state(); got != lync.PoolActive {
		t.Errorf("after failing back the pool reads %q", got)
	}
	if err := o.operator().FailBack(context.Background(), pool2); err == nil {
		t.Error("a pool at home was failed back")
	}
	o.unharmed(t)
}
