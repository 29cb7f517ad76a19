package status_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/status"
)

// seen gives the facts of an organization with one Edge pool of two machines.
func seen() status.TopologyFacts {
	machine := func(name, address string) lync.EdgeServer {
		return lync.EdgeServer{FQDN: name, ExternalAddresses: []netip.Addr{netip.MustParseAddr(address)}}
	}
	running := lync.EdgeServerState{Services: []lync.Service{{State: lync.ServiceRunning}}}
	return status.TopologyFacts{Now: now, Generation: 3, Answered: "fe1.contoso.com (10.0.0.2:5986)", Snapshot: lync.Snapshot{At: now.Add(1500 * time.Millisecond), Endpoint: "https://fe1/wsman",
		Topology: lync.Part[lync.Topology]{Value: lync.Topology{
			Product: lync.Product{Name: "Lync Server 2013", Version: "5.0", XMPP: true},
			Sites:   []lync.Site{{Name: "Redmond", SIPRoute: "edge1", XMPPRoute: "edge2"}},
			EdgePools: []lync.EdgePool{{FQDN: "edge1", Site: "Redmond", ExternalFQDN: "ae1", SIPEnabled: true, NextHop: "fe1",
				Servers: []lync.EdgeServer{machine("Edge1a", "192.0.2.1"), machine("edge1b", "192.0.2.2")}}},
			FrontEndPools: []lync.FrontEndPool{{FQDN: "fe1", Site: "Redmond", BackupPool: "fe2", State: lync.PoolActive, Edge: lync.Association{Registrar: "edge1", Conferencing: "EDGE1", Mediation: "edge1", HasMediation: true}}},
			Replicas:      map[lync.Host]lync.Replica{"edge1a": {UpToDate: true}, "edge1b": {}},
		}},
		EdgeServers: map[lync.Host]lync.Part[lync.EdgeServerState]{"edge1a": {Value: running}, "edge1b": {Value: running}},
	}}
}

func TestTopologyShowsWhatWasSeen(t *testing.T) {
	f := seen()
	f.Overridden = map[lync.Host][]netip.Addr{"edge1b": {netip.MustParseAddr("198.51.100.7")}}
	at := metav1.NewTime(now.Add(time.Second))
	want := v1alpha1.LyncTopologyStatus{ObservedGeneration: 3, Endpoint: "https://fe1/wsman", ObservedAt: &at,
		Product: &v1alpha1.Product{Name: "Lync Server 2013", Version: "5.0", XMPP: true},
		Sites:   []v1alpha1.SiteStatus{{Name: "Redmond", SIPRoute: "edge1", XMPPRoute: "edge2"}},
		EdgePools: []v1alpha1.EdgePoolStatus{{FQDN: "edge1", Site: "Redmond", ExternalFQDN: "ae1", SIP: true, NextHop: "fe1", Servers: []v1alpha1.EdgeServerStatus{
			{FQDN: "Edge1a", ExternalAddresses: []string{"192.0.2.1"}, Reachable: true, Services: "Running", Replica: "UpToDate"},
			{FQDN: "edge1b", ExternalAddresses: []string{"198.51.100.7"}, Reachable: true, Services: "Running", Replica: "Behind"}}}},
		FrontEndPools: []v1alpha1.FrontEndPoolStatus{{FQDN: "fe1", Site: "Redmond", EdgePool: "edge1", BackupPool: "fe2", State: "Active"}},
	}
	got := status.Topology(f)
	conditions := got.Conditions
	got.Conditions = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for kind, says := range map[string]string{v1alpha1.ConditionReady: "Lync Server 2013 5.0 answers on fe1.contoso.com (10.0.0.2:5986)", v1alpha1.ConditionEdgeServersReachable: "every Edge server answers"} {
		if c := condition(conditions, kind); c.Status != metav1.ConditionTrue || c.Reason != v1alpha1.ReasonObserved || c.Message != says {
			t.Errorf("%s is %s %s %q, want True saying %q", kind, c.Status, c.Reason, c.Message, says)
		}
	}
}

func TestTopologyOfMachines(t *testing.T) {
	service := func(s ...lync.ServiceState) lync.Part[lync.EdgeServerState] {
		var p lync.Part[lync.EdgeServerState]
		for _, state := range s {
			p.Value.Services = append(p.Value.Services, lync.Service{State: state})
		}
		return p
	}
	cases := map[string]struct {
		reason   string
		part     lync.Part[lync.EdgeServerState]
		out      bool
		services string
		edges    metav1.ConditionStatus
		says     string
	}{
		"running":        {"all services run", service(lync.ServiceRunning, lync.ServiceRunning), false, "Running", metav1.ConditionTrue, ""},
		"partial":        {"some do", service(lync.ServiceRunning, lync.ServiceStopped), false, "Partial", metav1.ConditionTrue, ""},
		"stopped":        {"none does", service(lync.ServiceStopped), false, "Stopped", metav1.ConditionTrue, ""},
		"no services":    {"a machine that was never set up", service(), false, "Stopped", metav1.ConditionTrue, ""},
		"silent":         {"unknown is not stopped", lync.Part[lync.EdgeServerState]{Err: fault.New(fault.Unreachable, "read", "edge1b", "refused")}, false, "Unknown", metav1.ConditionFalse, "read edge1b: refused; what depends on it waits; it is tried again"},
		"out of service": {"a person knows that it is dead", lync.Part[lync.EdgeServerState]{Err: errors.New("refused")}, true, "Unknown", metav1.ConditionTrue, "refused"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := seen()
			f.Snapshot.EdgeServers["edge1b"] = c.part
			f.OutOfService = map[lync.Host]bool{"edge1b": c.out}
			s := status.Topology(f)
			m := s.EdgePools[0].Servers[1]
			if m.Services != c.services || m.Reachable != c.part.Known() || !strings.Contains(m.Message, c.says) {
				t.Errorf("%s: services %s, reachable %v, %q; want %s saying %q", c.reason, m.Services, m.Reachable, m.Message, c.services, c.says)
			}
			if e := condition(s.Conditions, v1alpha1.ConditionEdgeServersReachable); e.Status != c.edges || (c.edges == metav1.ConditionFalse && !strings.Contains(e.Message, c.says)) {
				t.Errorf("%s: EdgeServersReachable is %s %q, want %s", c.reason, e.Status, e.Message, c.edges)
			}
		})
	}
	f := seen()
	delete(f.Snapshot.EdgeServers, "edge1b")
	delete(f.Snapshot.Topology.Value.Replicas, "edge1b")
	if m := status.Topology(f).EdgePools[0].Servers[1]; m.Reachable || m.Message == "" || m.Replica != "Unknown" {
		t.Errorf("a machine that nobody read is shown as %+v", m)
	}
}

func TestTopologyWithUnequalLinksNamesNoPool(t *testing.T) {
	f := seen()
	f.Snapshot.Topology.Value.FrontEndPools[0].Edge.Mediation = "edge2"
	if got := status.Topology(f).FrontEndPools[0].EdgePool; got != "" {
		t.Errorf("EdgePool is %q although the links differ", got)
	}
}

func TestTopologyKeepsWhatWasSeen(t *testing.T) {
	before := status.Topology(seen())
	unread := fault.New(fault.Unreachable, "read the topology", "", "no management server could be used")
	for name, fail := range map[string]func(*status.TopologyFacts){
		"nothing to sign in with": func(f *status.TopologyFacts) { f.Err, f.Snapshot = unread, lync.Snapshot{} },
		"nobody answered": func(f *status.TopologyFacts) {
			f.Snapshot = lync.Snapshot{At: now, Topology: lync.Part[lync.Topology]{Err: unread}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := seen()
			f.Previous, f.Now = before, now.Add(time.Hour)
			fail(&f)
			got := status.Topology(f)
			ready := condition(got.Conditions, v1alpha1.ConditionReady)
			if ready.Status != metav1.ConditionFalse || ready.Reason != v1alpha1.ReasonUnreachable || strings.Count(ready.Message, "; ") != 2 {
				t.Errorf("Ready is %s %s %q", ready.Status, ready.Reason, ready.Message)
			}
			if condition(got.Conditions, v1alpha1.ConditionReconciling).Status != metav1.ConditionTrue {
				t.Error("Reconciling is absent although it is tried again")
			}
			got.Conditions = before.Conditions
			if diff := cmp.Diff(before, got); diff != "" {
				t.Errorf("unknown is not empty (-before +after):\n%s", diff)
			}
		})
	}
}

// partly gives the facts of a look in which some cmdlets were refused.
func partly() status.TopologyFacts {
	f := seen()
	hop := fault.New(fault.SecondHop, "read the sites and routes", "fe1", "Login failed").With("", "install the endpoint kit")
	rights := fault.New(fault.RightsMissing, "read the topology document", "fe1", "Access denied").With("", "give the account the right")
	t := &f.Snapshot.Topology.Value
	t.Sites, t.EdgePools[0].Site, t.EdgePools[0].NextHop = nil, "", ""
	t.Unknown = []lync.UnknownPart{{Part: lync.PartSites, Err: hop}, {Part: lync.PartDocument, Err: rights, Local: true}}
	f.Snapshot.Topology.Err = hop
	return f
}

// TestTopologyPartByPart: what could be read is shown. What could not be read stays as it
// was seen before, and is named with its cause.
func TestTopologyPartByPart(t *testing.T) {
	want := []v1alpha1.UnknownPartStatus{
		{Part: "sites and routes", Reason: v1alpha1.ReasonSecondHop, Message: "read the sites and routes fe1: Login failed; what depends on it waits; install the endpoint kit"},
		{Part: "topology document", Reason: v1alpha1.ReasonRightsMissing, Message: "read the topology document fe1: Access denied; what depends on it waits; give the account the right", FromLocalStore: true},
	}
	first := status.Topology(partly())
	if diff := cmp.Diff(want, first.UnknownParts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if first.Product == nil || first.Sites != nil || len(first.FrontEndPools) != 1 || len(first.EdgePools) != 1 || first.EdgePools[0].ExternalFQDN != "ae1" || first.EdgePools[0].NextHop != "" {
		t.Errorf("the first look shows %+v", first)
	}
	if r := condition(first.Conditions, v1alpha1.ConditionReady); r.Status != metav1.ConditionFalse || r.Reason != v1alpha1.ReasonSecondHop || condition(first.Conditions, v1alpha1.ConditionStalled).Status != metav1.ConditionTrue {
		t.Errorf("Ready is %s %s %q, want SecondHop and a person", r.Status, r.Reason, r.Message)
	}
	f := partly()
	f.Previous = status.Topology(seen())
	later := status.Topology(f)
	if diff := cmp.Diff(f.Previous.EdgePools, later.EdgePools); diff != "" || len(later.Sites) != 1 {
		t.Errorf("an old replica replaced what was seen (-before +after):\n%s", diff)
	}
	f = seen()
	f.Previous = later
	if whole := status.Topology(f); whole.UnknownParts != nil {
		t.Errorf("after a whole look unknown parts are still named: %+v", whole.UnknownParts)
	}
}

// TestAnOldKitIsTold: functions that an installed kit lacks are named while everything that
// it has still works.
func TestAnOldKitIsTold(t *testing.T) {
	f := seen()
	f.Snapshot.Topology.Value.Kit = &lync.Kit{Version: 1, Lacks: []string{"Set-SiteRoute"}}
	const want = "answers on fe1.contoso.com (10.0.0.2:5986); its endpoint kit (version 1) has no Set-SiteRoute as this release calls them: write the kit anew and install it"
	if r := condition(status.Topology(f).Conditions, v1alpha1.ConditionReady); r.Status != metav1.ConditionTrue || !strings.HasSuffix(r.Message, want) {
		t.Errorf("Ready is %s %q", r.Status, r.Message)
	}
}

func TestTopologyTellsWhenItChanged(t *testing.T) {
	f := seen()
	f.Previous = status.Topology(f)
	f.Now, f.Snapshot.At = now.Add(time.Hour), now.Add(time.Hour)
	f.Snapshot.Topology.Value.ServerTime = now.Add(time.Hour)
	if diff := cmp.Diff(f.Previous, status.Topology(f)); diff != "" {
		t.Errorf("an hour later nothing changed and something is written (-before +after):\n%s", diff)
	}
	f.Snapshot.Topology.Value.Sites[0].SIPRoute = "edge2"
	if got := status.Topology(f).ObservedAt; !got.Time.Equal(now.Add(time.Hour)) {
		t.Errorf("a route moved and observedAt is %s, want the time of the look", got)
	}
}

// TestEveryReasonIsReached compares the API's list of reasons with the reasons that status really
// sets.
func TestEveryReasonIsReached(t *testing.T) {
	said := map[string]bool{}
	collect := func(all []metav1.Condition) {
		for _, c := range all {
			said[c.Reason] = true
		}
	}
	for _, c := range routeCases() {
		f := inSync()
		c.change(&f)
		collect(status.Route(f).Conditions)
	}
	other := inSync()
	others(&other, true, false)
	collect(status.Route(other).Conditions)
	standby := inSync()
	mayMoveTo(&standby, lync.Part[lync.Certificate]{})
	collect(status.Route(standby).Conditions)
	collect(status.Topology(seen()).Conditions)
	collect(status.Topology(partly()).Conditions)
	collect(status.Topology(sharedFacts()).Conditions)
	f := partly()
	f.Snapshot.Topology.Err = f.Snapshot.Topology.Value.Unknown[1].Err
	collect(status.Topology(f).Conditions)
	f = unenabled()
	f.Previous = status.Topology(f)
	f.Now = f.Now.Add(time.Hour)
	collect(status.Topology(f).Conditions)
	declared := reasons(t)
	if len(declared) < 20 {
		t.Fatalf("only %d reasons were read", len(declared))
	}
	for _, r := range declared {
		if !said[r] {
			t.Errorf("no case says reason %s: remove it from the API or test it", r)
		}
		delete(said, r)
	}
	for r := range said {
		t.Errorf("reason %s is said and not declared in the API", r)
	}
}

// reasons reads the reason constants of the API from their source.
func reasons(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../api/v1alpha1/conditions.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if ok && strings.HasPrefix(v.Names[0].Name, "Reason") {
			text, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, text)
		}
		return true
	})
	return out
}
