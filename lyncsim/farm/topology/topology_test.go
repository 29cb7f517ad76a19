package topology

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	edgePool = "edge.contoso.com"
	frontEnd = "fe.contoso.com"
)

func small(t *testing.T) *Document {
	t.Helper()
	d, err := Build(Plan{
		Signature: "6f9619ff-8b86-4011-b42d-00cf4fc964ff", ServiceVersion: 7, Domains: []string{"contoso.com"}, CentralManagement: frontEnd,
		Sites: []PlanSite{{
			Site: Site{Name: "Redmond"},
			EdgePools: []PlanEdgePool{{
				FQDN: edgePool, ExternalFQDN: "sip.contoso.com", NextHop: frontEnd, SIP: true,
				Machines: []Machine{{FQDN: "edge1.contoso.com", Interfaces: []Interface{
					{Side: SideInternal, Address: "10.0.0.1"}, {Side: SideExternal, Address: "10.45.16.10", ConfiguredAddress: "131.107.155.10"},
				}}},
			}},
			FrontEndPools: []PlanFrontEndPool{{FQDN: frontEnd, EdgePool: edgePool, Mediation: true, Machines: []Machine{{FQDN: frontEnd}}}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestBuiltDocumentSaysWhatWasPlanned(t *testing.T) {
	d := small(t)
	edge := d.ServiceOn(edgePool, RoleEdge)
	if edge == nil || !edge.SIPFederation() || edge.XMPPFederation() {
		t.Fatalf("Edge service: %+v", edge)
	}
	if got := d.DependencyOn(edge, RoleRegistrar); got != frontEnd {
		t.Errorf("next hop %q", got)
	}
	for _, role := range []string{RoleRegistrar, RoleConferencing, RoleMediation} {
		if got := d.DependencyOn(d.ServiceOn(frontEnd, role), RoleEdge); got != edgePool {
			t.Errorf("%s is associated with %q", role, got)
		}
	}
	if got := d.ExternalFQDN(edgePool); got != "sip.contoso.com" {
		t.Errorf("external FQDN %q", got)
	}
	want := Interface{Side: SideExternal, Number: "1", Address: "10.45.16.10", ConfiguredAddress: "131.107.155.10"}
	if diff := cmp.Diff(want, d.Pool(edgePool).Machines[0].Interfaces[1]); diff != "" {
		t.Errorf("external interface (-want +got):\n%s", diff)
	}
	again, err := Parse(d.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, again, cmp.AllowUnexported(Document{})); diff != "" {
		t.Errorf("the document reads back differently (-built +parsed):\n%s", diff)
	}
}

func TestFlags(t *testing.T) {
	cases := map[string]struct {
		reason string
		edit   func(*Document) (*Document, error)
		sip    bool
		xmpp   bool
	}{
		"XMPP on": {"the 5269 box is two ports", func(d *Document) (*Document, error) { return d.WithXMPPFederation(edgePool, true) }, true, true},
		"SIP off": {"the 5061 box is one port", func(d *Document) (*Document, error) { return d.WithSIPFederation(edgePool, false) }, false, false},
		"SIP on":  {"setting what is set changes nothing", func(d *Document) (*Document, error) { return d.WithSIPFederation(edgePool, true) }, true, false},
		"there, back": {"both ports go when the box is cleared", func(d *Document) (*Document, error) {
			d, err := d.WithXMPPFederation(edgePool, true)
			if err != nil {
				return nil, err
			}
			return d.WithXMPPFederation(edgePool, false)
		}, true, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			before := small(t)
			after, err := tc.edit(before)
			if err != nil {
				t.Fatal(err)
			}
			s := after.ServiceOn(edgePool, RoleEdge)
			if s.SIPFederation() != tc.sip || s.XMPPFederation() != tc.xmpp {
				t.Errorf("%s: SIP %t, XMPP %t", tc.reason, s.SIPFederation(), s.XMPPFederation())
			}
			if before.Signature != after.Signature {
				t.Errorf("%s: an edit is no publish, the signature must stay", tc.reason)
			}
			if tc.sip == tc.xmpp {
				return
			}
			if diff := cmp.Diff(len(before.ServiceOn(edgePool, RoleEdge).Ports), len(s.Ports)); diff != "" {
				t.Errorf("%s: number of ports (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestHalfAnXMPPFlagIsNone(t *testing.T) {
	d, err := small(t).WithXMPPFederation(edgePool, true)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(d.Bytes()), `Usage="XptServer"`, `Usage="Other"`, 1)
	half, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if half.ServiceOn(edgePool, RoleEdge).XMPPFederation() {
		t.Error("one of the two ports counts as the flag")
	}
}

func TestRefusedDocuments(t *testing.T) {
	good := string(small(t).Bytes())
	cases := map[string]struct {
		reason, text, want string
	}{
		"no XML":       {"garbage is refused", "hello", "no Topology element"},
		"half":         {"a document cut in half is refused", good[:len(good)/2], "no XML"},
		"tbxml":        {"a Topology Builder file is another format", `<TopologyBuilder xmlns="x"/>`, "no Topology element"},
		"namespace":    {"the namespace is part of the name", strings.Replace(good, Namespace, "urn:other", 1), "is in namespace"},
		"no signature": {"a document has a signature", strings.Replace(good, "Signature=", "X=", 1), "no Signature"},
		"dangling":     {"a dependency names a service", strings.Replace(good, `RoleName="EdgeServer" Instance="2"`, `RoleName="EdgeServer" Instance="9"`, 1), "does not exist"},
		"no such site": {"a cluster lies in a site", strings.Replace(good, `<CentralSite SiteId="1">`, `<CentralSite SiteId="4">`, 1), "site 1, which does not exist"},
		"bad port":     {"a port number is a number", strings.Replace(good, `Port="8057"`, `Port="http"`, 1), `number "http"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(tc.text))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s: got %v, want an error with %q", tc.reason, err, tc.want)
			}
		})
	}
}

func TestEditsOfPoolsThatAreNotThere(t *testing.T) {
	d := small(t)
	if _, err := d.WithSIPFederation(frontEnd, true); err == nil {
		t.Error("a Front End pool got the Edge's flag")
	}
	if _, err := d.WithDependency(frontEnd, RoleRegistrar, "x.contoso.com", RoleEdge); err == nil {
		t.Error("a dependency on a pool that is not there was written")
	}
}

// FuzzParse checks that no document, however broken, ends the program, and that every
// accepted document can be edited.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`<Topology xmlns="` + Namespace + `" Signature="a"><Sites><CentralSite SiteId="1"/></Sites></Topology>`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := Parse(raw)
		if err != nil {
			return
		}
		if _, err := d.WithSignature("b"); err != nil {
			t.Errorf("an accepted document cannot be signed: %v", err)
		}
	})
}
