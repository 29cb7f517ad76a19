package farm

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/refusal"
)

func TestRefusedWrites(t *testing.T) {
	cases := map[string]struct {
		reason string
		do     func(*Farm) error
		want   refusal.Kind
	}{
		"unknown site":     {"a route needs a central site", func(f *Farm) error { return f.SetSiteRoute(person, "Oslo", SIP, edgeA) }, refusal.Invalid},
		"route to no Edge": {"a route names an Edge pool", func(f *Farm) error { return f.SetSiteRoute(person, "Redmond", SIP, poolA) }, refusal.Invalid},
		"link to no Edge":  {"an association names an Edge pool", func(f *Farm) error { return f.SetAssociation(person, poolA, LinkRegistrar, poolB) }, refusal.Invalid},
		"link of no pool":  {"only Front End pools have associations", func(f *Farm) error { return f.SetAssociation(person, "no.contoso.com", LinkRegistrar, edgeA) }, refusal.Invalid},
		"next hop":         {"the next hop has a Registrar", func(f *Farm) error { return f.SetNextHop(person, edgeA, edgeB) }, refusal.Invalid},
		"pool state":       {"only four words are pool states", func(f *Farm) error { return f.SetPoolState(person, poolA, "FailingBack") }, refusal.Invalid},
		"partner":          {"only an allowed partner can be removed", func(f *Farm) error { return f.RemoveXMPPPartner(person, "x.org") }, refusal.Invalid},
		"simple URLs":      {"only a collection that is there can be removed", func(f *Farm) error { return f.RemoveSimpleURLs(person, "Site:Oslo") }, refusal.Invalid},
		"garbage":          {"a publish takes a topology document", func(f *Farm) error { _, err := f.Publish(t.Context(), person, []byte("hello")); return err }, refusal.Invalid},
		"unknown machine":  {"a service lives on a machine", func(f *Farm) error { return f.StartServices(t.Context(), person, ServicesRequest{Machine: "x"}) }, refusal.Invalid},
		"unknown service": {"a service has a name", func(f *Farm) error {
			return f.StopServices(t.Context(), person, ServicesRequest{Machine: edgeB1, Names: []string{"RTCX"}})
		}, refusal.Invalid},
		"failback not due":   {"only a failed-over pool fails back", func(f *Farm) error { return f.FailBack(t.Context(), person, poolA) }, refusal.Refused},
		"unknown fault":      {"faults are a closed list", func(f *Farm) error { return f.AddFault(Fault{Kind: "Rain"}) }, refusal.Invalid},
		"unknown pool's CMS": {"the CMS moves to a Front End pool", func(f *Farm) error { return f.MoveCMS(person, edgeA) }, refusal.Invalid},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f, _ := newFarm(t, nil)
			before := f.Truth().Version
			if err := tc.do(f); refusal.KindOf(err) != tc.want {
				t.Errorf("%s: got %v, want kind %s", tc.reason, err, tc.want)
			}
			if f.Truth().Version != before {
				t.Errorf("%s: a refused write changed the configuration", tc.reason)
			}
		})
	}
}

func TestSeededFaults(t *testing.T) {
	cases := map[string]struct {
		reason string
		fault  Fault
		do     func(*Farm) error
	}{
		"publish": {"a publish fails once, then works", Fault{Kind: FaultPublishFails},
			func(f *Farm) error { _, err := f.Publish(t.Context(), person, f.Truth().Published.Bytes()); return err }},
		"setup": {"setup fails once, then works", Fault{Kind: FaultSetupFails, Target: edgeB1},
			func(f *Farm) error { return f.Setup(t.Context(), person, edgeB1) }},
		"service": {"a service will not start once, then does", Fault{Kind: FaultServiceWillNotStart, Target: edgeB1 + "/RTCSRV"},
			func(f *Farm) error {
				must(t, f.StopServices(t.Context(), person, ServicesRequest{Machine: edgeB1}))
				return f.StartServices(t.Context(), person, ServicesRequest{Machine: edgeB1})
			}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f, _ := newFarm(t, nil)
			must(t, f.AddFault(tc.fault))
			wantKind(t, tc.do(f), refusal.Failed)
			if err := tc.do(f); err != nil {
				t.Errorf("%s: %v", tc.reason, err)
			}
		})
	}
}

func TestSeedIsRepeatable(t *testing.T) {
	one, _ := newFarm(t, nil)
	two, _ := newFarm(t, nil)
	if diff := cmp.Diff(one.SeedFaults(8), two.SeedFaults(8)); diff != "" {
		t.Errorf("the same seed gave other faults (-one +two):\n%s", diff)
	}
	if one.Truth().Published.Signature != two.Truth().Published.Signature {
		t.Error("the same seed gave other signatures")
	}
}

func TestAssociationIsThreeLinks(t *testing.T) {
	f, _ := newFarm(t, nil)
	signature := f.Truth().Published.Signature
	must(t, f.SetAssociation(person, poolA, LinkRegistrar, edgeB))
	p, _ := f.Truth().FrontEndPool(poolA)
	if got := []string{p.Registrar, p.Conferencing, p.Mediation}; !cmp.Equal(got, []string{edgeB, edgeA, edgeA}) {
		t.Errorf("links after one of three was set: %v", got)
	}
	if f.Truth().Published.Signature == signature {
		t.Error("the document changed under the same signature")
	}
	must(t, f.SetAssociation(person, poolA, LinkMediation, ""))
	p, _ = f.Truth().FrontEndPool(poolA)
	if p.Mediation != "" || !p.HasMediation {
		t.Errorf("an untied Mediation Server: %+v", p)
	}
	e, _ := f.Truth().EdgePool(edgeA)
	if diff := cmp.Diff([]string{"ConferencingServer:" + poolA}, e.Dependents); diff != "" {
		t.Errorf("dependents of the old Edge pool (-want +got):\n%s", diff)
	}
}

func TestLinkWhileAPublishWaits(t *testing.T) {
	f, _ := newFarm(t, nil)
	doc, err := f.Truth().Published.WithSIPFederation(edgeB, true)
	must(t, err)
	_, err = f.Publish(t.Context(), person, doc.Bytes())
	must(t, err)
	must(t, f.SetNextHop(person, edgeB, poolA))
	local, err := f.LocalStore(edgeB1)
	must(t, err)
	for _, p := range EdgePools(local.Enabled) {
		if p.FQDN == edgeB && (p.SIP || p.NextHop != poolA) {
			t.Errorf("the new next hop is in force and the waiting flag is not: %+v", p)
		}
	}
}

func TestJournal(t *testing.T) {
	f, _ := newFarm(t, nil)
	publishFlags(t, f, edgeB, true)
	must(t, f.SetSiteRoute(person, "Redmond", XMPP, edgeB))
	_ = f.SetSiteRoute(person, "Oslo", SIP, edgeB)
	var got []string
	for _, e := range f.Journal() {
		if e.At != start || e.Actor != person {
			t.Errorf("entry without time or actor: %+v", e)
		}
		line := e.Object
		if !strings.HasPrefix(e.Object, "Topology") {
			line += ": " + e.From + " -> " + e.To
		}
		if e.Error != "" {
			line += " refused"
		}
		got = append(got, line)
	}
	want := []string{
		"Topology",
		"EdgeServer:edge-b.contoso.com federation 5061: off -> on",
		"EdgeServer:edge-b.contoso.com XMPP federation 5269: off -> on",
		"Topology enabled",
		"Site:Redmond XmppFederationRoute: edge-a.contoso.com -> edge-b.contoso.com",
		"Site:Oslo FederationRoute:  -> edge-b.contoso.com refused",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("journal (-want +got):\n%s", diff)
	}
}

func TestProducts(t *testing.T) {
	cases := map[string]struct {
		reason, route string
		xmpp          bool
	}{
		"LyncServer2010":             {"2010 has a gateway role and no route parameter", "", false},
		"LyncServer2013":             {"2013 brought XMPP federation", XMPPRouteByReference, true},
		"SkypeForBusinessServer2015": {"2015 kept it", XMPPRouteByReference, true},
		"SkypeForBusinessServer2019": {"2019 removed it, the parameter stayed", XMPPRouteByReference, false},
		"SkypeForBusinessServerSE":   {"SE is like 2019", XMPPRouteByReference, false},
	}
	for id, tc := range cases {
		t.Run(id, func(t *testing.T) {
			f, _ := newFarm(t, func(s *Spec) { s.Product = id })
			if got := f.XMPPRouteParameter(); got != tc.route {
				t.Errorf("%s: route parameter %q, want %q", tc.reason, got, tc.route)
			}
			served := false
			for _, l := range f.Reachable() {
				served = served || l.Federation == XMPP
			}
			if served != tc.xmpp {
				t.Errorf("%s: XMPP served: %t, want %t", tc.reason, served, tc.xmpp)
			}
			err := f.SetSiteRoute(person, "Redmond", XMPP, edgeB)
			if refusal.KindOf(err) == refusal.Unsupported != (tc.route == "") {
				t.Errorf("%s: setting the route gave %v", tc.reason, err)
			}
		})
	}
	f, _ := newFarm(t, func(s *Spec) { s.XMPPRouteParameter = XMPPRouteByProcedures })
	if got := f.XMPPRouteParameter(); got != XMPPRouteByProcedures {
		t.Errorf("the described parameter is ignored: %q", got)
	}
}
