package catalogue_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
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
	stopped := func(o *organization) error {
		return o.StopServices(context.Background(), farm.Actor{User: "nora"}, farm.ServicesRequest{Machine: edge1a})
	}
	stubborn := func(kind farm.FaultKind) func(*organization) error {
		return func(o *organization) error {
			return o.AddFault(farm.Fault{Kind: kind, Target: edge1a + "/" + farm.ServiceAccessEdge})
		}
	}
	cases := map[string]struct {
		reason string
		before func(*organization) error
		act    func(*shell.Operator, context.Context, string) error
		kind   fault.Kind
		runs   bool
		writes []string // of the Access Edge service
	}{
		"start": {"all services", stopped, (*shell.Operator).StartServices, "", true, []string{"Running"}},
		"start, one will not": {"it is told which", func(o *organization) error {
			return errors.Join(stopped(o), stubborn(farm.FaultServiceWillNotStart)(o))
		},
			(*shell.Operator).StartServices, fault.Failed, false, []string{"Running"}},
		"restart":                 {"one script stops and starts", nil, (*shell.Operator).RestartServices, "", true, []string{"Stopped", "Running"}},
		"restart, stopped before": {"what was stopped runs afterwards too", stopped, (*shell.Operator).RestartServices, "", true, []string{"Running"}},
		"restart, one will not stop": {"a stop that fails leaves nothing stopped", stubborn(farm.FaultServiceWillNotStop),
			(*shell.Operator).RestartServices, fault.Failed, true, []string{"Stopped"}},
		"restart, one will not start": {"it is told which", stubborn(farm.FaultServiceWillNotStart),
			(*shell.Operator).RestartServices, fault.Failed, false, []string{"Stopped", "Running"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := start(t, contoso("SkypeForBusinessServer2019"))
			if c.before != nil {
				if err := c.before(o); err != nil {
					t.Fatal(err)
				}
			}
			before := len(o.Journal())
			if err := c.act(o.operator(), context.Background(), edge1a); fault.KindOf(err) != c.kind {
				t.Errorf("%s: got %v, want kind %q", c.reason, err, c.kind)
			}
			state, err := shell.NewObserver(o.fleet).ReadEdgeServer(context.Background(), edge1a)
			if err != nil || state.Running() != c.runs {
				t.Errorf("%s: all services run: %v, %v", c.reason, state.Running(), err)
			}
			var writes []string
			for _, e := range o.Journal()[before:] {
				if strings.HasSuffix(e.Object, farm.ServiceAccessEdge) {
					writes = append(writes, e.To)
				}
			}
			if diff := cmp.Diff(c.writes, writes); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestSetupStillRuns: setup of a caller that lost its shell still runs on the machine. Nobody may
// start or stop the services meanwhile, nor run setup beside it.
func TestSetupStillRuns(t *testing.T) {
	ctx := context.Background()
	for name, act := range map[string]func(*shell.Operator) error{
		"start":   func(o *shell.Operator) error { return o.StartServices(ctx, edge1a) },
		"restart": func(o *shell.Operator) error { return o.RestartServices(ctx, edge1a) },
		"set up":  func(o *shell.Operator) error { return o.Setup(ctx, edge1a, "any") },
	} {
		t.Run(name, func(t *testing.T) {
			o := start(t, contoso("LyncServer2013"))
			if held, err := o.machines[edge1a].Mutexes().Acquire(ctx, "fedroute-setup", dotnet.Process{ID: "an earlier shell"}, 0); !held || err != nil {
				t.Fatal("setup does not run")
			}
			before := len(o.Journal())
			if err := act(o.operator()); !fault.Is(err, fault.Busy) {
				t.Errorf("got %v, want Busy", err)
			}
			if writes := o.Journal()[before:]; len(writes) > 0 {
				t.Errorf("it did %+v", writes)
			}
		})
	}
}

// TestEnablePermission asks about accounts with the groups that the reference names.
func TestEnablePermission(t *testing.T) {
	granted := func(s *farm.Spec) { s.SetupPermissionGranted = true }
	nothing := func(*farm.Spec) {}
	cases := map[string]struct {
		reason string
		spoil  func(*farm.Spec)
		groups []string
		lacks  string
	}{
		"Domain Admins":     {"they may without a permission", nothing, []string{farm.DomainAdmins, farm.ServerAdmins}, ""},
		"granted":           {"on the container of every server", granted, []string{farm.ServerAdmins}, ""},
		"not granted":       {"the account may publish and not enable", nothing, []string{farm.ServerAdmins}, `Grant-CsSetupPermission -ComputerOU "OU=Lync Servers,DC=contoso,DC=com"`},
		"granted to others": {"the permission is the group's", granted, []string{farm.UserAdmins}, "neither in Domain Admins nor in RTCUniversalServerAdmins"},
	}
	for _, product := range farm.ProductIDs() {
		for name, c := range cases {
			t.Run(product+"/"+name, func(t *testing.T) {
				spec := contoso(product)
				c.spoil(&spec)
				o := start(t, spec)
				o.machines[frontEnd].who = identity.Identity{Account: `CONTOSO\fedroute`, SignIn: identity.Console, Groups: farm.Token(c.groups...)}
				lacks, err := o.operator().MayEnable(context.Background())
				if err != nil || !strings.Contains(lacks, c.lacks) || (lacks == "") != (c.lacks == "") {
					t.Errorf("%s: it lacks %q, %v", c.reason, lacks, err)
				}
			})
		}
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

// TestSetupRunsOnceForOneDocument: a machine need not show that setup has run. Its pool listens
// only once a route names it, and who comes after the caller that began setup asks again.
func TestSetupRunsOnceForOneDocument(t *testing.T) {
	person := farm.Actor{User: `EDGE2A\anna`, Machine: edge2a, Command: "a person"}
	cases := map[string]struct {
		reason  string
		between func(*testing.T, *organization) error
		want    int // how often setup runs
		kind    fault.Kind
	}{
		"asked again": {"the same document, and nothing has changed", func(*testing.T, *organization) error { return nil }, 1, ""},
		"services stopped": {"they are started", func(_ *testing.T, o *organization) error {
			return o.StopServices(context.Background(), person, farm.ServicesRequest{Machine: edge2a})
		}, 1, ""},
		"roles taken away": {"only setup enables the services again", func(_ *testing.T, o *organization) error { return o.DisableComputer(person, edge2a) }, 2, ""},
		"a service is stuck": {"one that cannot be started asks for setup", func(_ *testing.T, o *organization) error {
			return errors.Join(o.StopServices(context.Background(), person, farm.ServicesRequest{Machine: edge2a}),
				o.AddFault(farm.Fault{Kind: farm.FaultServiceWillNotStart, Target: edge2a + "/" + farm.ServiceAccessEdge}))
		}, 2, ""},
		"setup failed": {"a setup that fails leaves no note", func(t *testing.T, o *organization) error {
			o.setUp(t, edge2a, lync.Flag{Pool: edge2, Protocol: lync.XMPP, On: true}, farm.Fault{Kind: farm.FaultSetupFails, Target: edge2a})
			return nil
		}, 3, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := start(t, contoso("LyncServer2013"))
			o.setUp(t, edge2a, lync.Flag{Pool: edge2, Protocol: lync.SIP, On: true})
			if err := c.between(t, o); err != nil {
				t.Fatal(err)
			}
			err := o.operator().Setup(context.Background(), edge2a, o.topology(t).Signature)
			if fault.KindOf(err) != c.kind {
				t.Errorf("%s: got %v, want kind %q", c.reason, err, c.kind)
			}
			ran := 0
			for _, e := range o.Journal() {
				if e.Object == "Setup:"+edge2a {
					ran++
				}
			}
			if ran != c.want {
				t.Errorf("%s: setup ran %d times, want %d", c.reason, ran, c.want)
			}
		})
	}
}

// setUp publishes a flag and sets a machine up for it, while faults strike.
func (o *organization) setUp(t *testing.T, machine string, flag lync.Flag, faults ...farm.Fault) {
	t.Helper()
	published, err := o.operator().PublishFlags(context.Background(), lync.FlagChange{Signature: o.topology(t).Signature, Flags: []lync.Flag{flag}})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if err := o.AddFault(f); err != nil {
			t.Fatal(err)
		}
	}
	err = o.operator().Setup(context.Background(), machine, published.Signature)
	if (err != nil) != (len(faults) > 0) {
		t.Fatalf("setup: %v", err)
	}
	o.ClearFaults()
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

// TestSetNextHop leads an Edge pool to another Front End pool. The document then has another
// signature, which the script gives.
func TestSetNextHop(t *testing.T) {
	for _, product := range farm.ProductIDs() {
		t.Run(product, func(t *testing.T) {
			o := start(t, contoso(product))
			before := o.topology(t).Signature
			found, signature, err := o.operator().SetNextHop(context.Background(), edge2, pool2)
			seen := o.topology(t)
			if err != nil || found != pool2 || signature != seen.Signature || signature == before {
				t.Errorf("read back %s under %s, and the document has %s: %v", found, signature, seen.Signature, err)
			}
			for _, pool := range seen.EdgePools {
				if want := map[string]string{edge1: pool1, edge2: pool2}[pool.FQDN]; pool.NextHop != want {
					t.Errorf("the next hop of %s is %s, want %s", pool.FQDN, pool.NextHop, want)
				}
			}
			writes := len(o.Journal())
			if _, _, err := o.operator().SetNextHop(context.Background(), edge2, pool2); err != nil || len(o.Journal()) != writes {
				t.Errorf("the second time %d writes and %v", len(o.Journal())-writes, err)
			}
			if _, _, err := o.operator().SetNextHop(context.Background(), edge2, "pool9.contoso.com"); !fault.Is(err, fault.Invalid) {
				t.Errorf("an unknown pool: %v", err)
			}
		})
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
