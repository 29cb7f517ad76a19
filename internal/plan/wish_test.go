package plan_test

import (
	"net/netip"
	"testing"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

func TestIntentDigest(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*plan.Intent)
		same   bool
	}{
		"nothing":             {"the same wish", func(*plan.Intent) {}, true},
		"how ports are asked": {"no step that changes something depends on it", func(in *plan.Intent) { in.PortsConnect = true }, true},
		"where a host is":     {"nor on the way to a host", func(in *plan.Intent) { in.Hosts = map[lync.Host]string{"fe1.contoso.com": "127.0.0.1"} }, true},
		"an empty override":   {"it says nothing", func(in *plan.Intent) { in.Servers = map[lync.Host]plan.ServerOverride{"edge1.contoso.com": {}} }, true},
		"a domain less":       {"its records are not wanted any more", func(in *plan.Intent) { in.Protocols[0].Domains = in.Protocols[0].Domains[1:] }, false},
		"another pool":        {"the wish of all", func(in *plan.Intent) { in.EdgePool = "edge2.contoso.com" }, false},
		"no Front End pools":  {"their links are left", func(in *plan.Intent) { in.FrontEnds = nil }, false},
		"a person sets flags": {"the flags are left", func(in *plan.Intent) { in.ManageFlags = false }, false},
		"a machine is out": {"its steps are left", func(in *plan.Intent) {
			in.Servers = map[lync.Host]plan.ServerOverride{"edge1.contoso.com": {OutOfService: true}}
		}, false},
		"another address": {"records hold it", func(in *plan.Intent) {
			in.Servers = map[lync.Host]plan.ServerOverride{"edge1.contoso.com": {ExternalAddresses: []netip.Addr{netip.MustParseAddr("192.0.2.9")}}}
		}, false},
		"another time to live": {"records hold it", func(in *plan.Intent) { in.DNS.TTL = 60 }, false},
	}
	base := func() plan.Intent {
		return plan.Intent{EdgePool: "edge1.contoso.com", ManageFlags: true, DNS: &plan.DNSIntent{Zones: []string{"contoso.com"}, TTL: 300},
			Protocols: []plan.ProtocolIntent{{Protocol: lync.SIP, Domains: []plan.Domain{{Name: "contoso.com"}, {Name: "fabrikam.com"}}}},
			FrontEnds: []plan.FrontEnd{{FQDN: "fe1.contoso.com", FailBack: true}}}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in := base()
			c.change(&in)
			if same := in.Digest() == base().Digest(); same != c.same {
				t.Errorf("%s: the digest is the same: %v", c.reason, same)
			}
		})
	}
}

// TestStepsThatAreOwed: what fedroute began it finishes without an approval. These steps change no
// id, and can be carried out without the others.
func TestStepsThatAreOwed(t *testing.T) {
	flags := []lync.Flag{{Pool: "edge1.contoso.com", Protocol: lync.SIP, On: true}}
	cases := map[string]struct {
		reason string
		act    plan.Act
		owed   bool
	}{
		"services that fedroute stopped":  {"it starts them", plan.StartEdgeServices{Owed: true}, true},
		"services that somebody stopped":  {"a person may have meant it", plan.StartEdgeServices{}, false},
		"a document that fedroute wrote":  {"it puts it in force", plan.PublishFlags{}, true},
		"flags":                           {"nobody has approved them", plan.PublishFlags{Flags: flags}, false},
		"simple URLs that a publish lost": {"it puts them back", plan.RestoreSimpleURLs{Kept: "[]"}, true},
		"a route":                         {"nobody has approved it", plan.SetSiteRoute{Site: "Redmond"}, false},
	}
	other := plan.Step{Target: "fe1.contoso.com", To: "edge1.contoso.com", Act: plan.AssociateFrontEnd{}}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			step := plan.Step{Target: "it", To: "so", Act: c.act}
			p := plan.Plan{Steps: []plan.Step{step, other}}
			if got := len(p.Owed().Steps) == 1; got != c.owed {
				t.Errorf("%s: owed: %v", c.reason, got)
			}
			if same := plan.ID(p.Steps) == plan.ID([]plan.Step{other}); same != c.owed {
				t.Errorf("%s: the id is that of the rest: %v", c.reason, same)
			}
		})
	}
}

// TestWithout: steps are told apart by all of their words.
func TestWithout(t *testing.T) {
	base := plan.Step{Target: "zone contoso.com", From: "a", To: "b", Act: plan.UpdateDNS{}}
	for word, change := range map[string]func(*plan.Step){
		"target": func(s *plan.Step) { s.Target = "zone fabrikam.com" }, "from": func(s *plan.Step) { s.From = "c" },
		"to": func(s *plan.Step) { s.To = "c" }, "kind": func(s *plan.Step) { s.Act = plan.CheckPorts{} },
	} {
		other := base
		change(&other)
		if got := plan.Without([]plan.Step{base, other}, []plan.Step{base}); len(got) != 1 || got[0].Words() != other.Words() {
			t.Errorf("a step with another %s: %v is left", word, got)
		}
	}
}
