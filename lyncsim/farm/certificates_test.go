package farm

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/refusal"
)

func TestAccessEdgeCertificate(t *testing.T) {
	cases := map[string]struct {
		reason, product string
		want            []string
	}{
		"with XMPP": {"XMPP needs the bare domains", "LyncServer2013",
			[]string{"sip-a.contoso.com", "contoso.com", "fabrikam.org", "fed.contoso.com", "sip.contoso.com"}},
		"without XMPP": {"2019 has no use for them", "SkypeForBusinessServer2019",
			[]string{"sip-a.contoso.com", "fed.contoso.com", "sip.contoso.com"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f, _ := newFarm(t, func(s *Spec) {
				s.Product = tc.product
				s.XMPPDomains = []string{"contoso.com", "fabrikam.org"}
				s.Certificates = CertificatesSpec{Names: []string{"fed.contoso.com"}, ExpireAfter: Duration(48 * time.Hour)}
			})
			for _, fqdn := range []string{"edge-a1.contoso.com", "edge-a2.contoso.com"} {
				c, err := f.AccessEdgeCertificate(fqdn)
				must(t, err)
				if diff := cmp.Diff(tc.want, c.Names); diff != "" {
					t.Errorf("%s: names of %s (-want +got):\n%s", tc.reason, fqdn, diff)
				}
				if c.Expired(start.Add(47*time.Hour)) || !c.Expired(start.Add(49*time.Hour)) {
					t.Errorf("it ends at %s", c.NotAfter)
				}
			}
		})
	}
	f, _ := newFarm(t, nil)
	_, err := f.AccessEdgeCertificate("fe-a1.contoso.com")
	wantKind(t, err, refusal.Invalid)
}
