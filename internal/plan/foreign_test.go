package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/plan"
)

// TestFurther: only the addresses that tell whose a set is are read beside the wanted sets.
func TestFurther(t *testing.T) {
	cases := map[string]struct {
		reason  string
		values  []string       // of the SRV set that was found
		standby []plan.Standby // that the spec declares
		want    []string
	}{
		"as wanted":           {"a quiet day costs no further query", []string{"0 0 5061 sip.contoso.com"}, nil, nil},
		"as wanted, and more": {"nor does a standby host that the spec declares", []string{"0 0 5061 sip.contoso.com", "10 0 5061 p.contoso.com"}, []plan.Standby{{Host: "p.contoso.com", Priority: 10}}, nil},
		"nothing":             {"nobody's set is nobody's", nil, nil, nil},
		"elsewhere":           {"a zone outside the spec has no server to ask", []string{"0 0 5061 sip.fabrikam.com"}, nil, nil},
		"a name of ours":      {"its addresses are read already", []string{"5 0 5061 sip.contoso.com"}, nil, nil},
		"another name here":   {"its addresses say where it leads", []string{"0 0 5061 p.contoso.com", "5 0 5061 p.contoso.com"}, nil, []string{"p.contoso.com A in contoso.com", "p.contoso.com AAAA in contoso.com"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := settled()
			w.intent.Protocols[0].Domains[0].Standby = c.standby
			w.record("_sipfederationtls._tcp.contoso.com", dns.SRV, c.values...)
			d, err := plan.Resolve(w.intent, w.topology)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range d.Further(w.records) {
				got = append(got, r.Key.String()+" in "+r.Zone)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
