package dns_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	simdns "github.com/fedroute/fedroute/lyncsim/dns"
)

func TestReadJudgesEachName(t *testing.T) {
	type want struct {
		data     []string
		ttl      uint32
		zone     string
		obstacle dns.Barrier
		detail   string
	}
	tests := map[string]struct {
		reason string
		name   string
		rrtype dns.Type
		want   want
	}{
		"host":           {"a plain record", "sip.contoso.com", dns.A, want{data: []string{"192.0.2.10"}, ttl: 300, zone: "contoso.com"}},
		"capitals":       {"names are compared without case", "SIP.Contoso.com.", dns.A, want{data: []string{"192.0.2.10"}, ttl: 300, zone: "contoso.com"}},
		"service":        {"SRV values are shown without final dot", "_sipfederationtls._tcp.contoso.com", dns.SRV, want{data: []string{"0 0 5061 sip.contoso.com"}, ttl: 300, zone: "contoso.com"}},
		"other type":     {"the name is there, the type is not", "sip.contoso.com", dns.AAAA, want{zone: "contoso.com"}},
		"missing":        {"nothing there and nothing in the way", "new.contoso.com", dns.A, want{zone: "contoso.com"}},
		"empty node":     {"an empty non-terminal exists without records", "_tcp.contoso.com", dns.A, want{zone: "contoso.com"}},
		"apex":           {"the zone's own name", "contoso.com", dns.A, want{zone: "contoso.com"}},
		"alias":          {"the answer also holds the target's address, which is not ours", "alias.contoso.com", dns.A, want{zone: "contoso.com", obstacle: dns.BarrierCNAME, detail: "ns1.contoso.com"}},
		"alias away":     {"the target lies in no zone of this server", "away.contoso.com", dns.A, want{zone: "contoso.com", obstacle: dns.BarrierCNAME, detail: "www.fabrikam.com"}},
		"wildcard":       {"a record made from a wildcard is not there", "x.wild.contoso.com", dns.A, want{zone: "contoso.com", obstacle: dns.BarrierWildcard, detail: "*.wild.contoso.com → 192.0.2.99"}},
		"deep wildcard":  {"a wildcard covers every depth", "a.b.wild.contoso.com", dns.A, want{zone: "contoso.com", obstacle: dns.BarrierWildcard, detail: "*.wild.contoso.com → 192.0.2.99"}},
		"exact":          {"a record of its own with the wildcard's value", "exact.wild.contoso.com", dns.A, want{data: []string{"192.0.2.99"}, ttl: 300, zone: "contoso.com"}},
		"other wildcard": {"the wildcard has no record of this type, so nothing is masked that anyone asks for", "x.wild.contoso.com", dns.SRV, want{zone: "contoso.com"}},
		"wildcard alias": {"a wildcard may be an alias", "x.aliased.contoso.com", dns.A, want{zone: "contoso.com", obstacle: dns.BarrierWildcard, detail: "*.aliased.contoso.com → ns1.contoso.com"}},
		"delegated":      {"records below a cut are never served", "h.sub.contoso.com", dns.A, want{zone: "contoso.com", obstacle: dns.BarrierDelegation, detail: "sub.contoso.com"}},
		"cut":            {"the cut itself belongs to the other zone", "sub.contoso.com", dns.A, want{zone: "contoso.com", obstacle: dns.BarrierDelegation, detail: "sub.contoso.com"}},
		"elsewhere":      {"another organization's name", "sip.fabrikam.com", dns.A, want{obstacle: dns.BarrierNoZone, detail: "the server refuses questions about it (REFUSED)"}},
		"child zone":     {"the same server holds the child zone: the zone is the nearest one", "sip.emea.contoso.com", dns.A, want{data: []string{"192.0.2.7"}, ttl: 60, zone: "emea.contoso.com"}},
	}
	o := start(t, contoso(), simdns.Zone{Name: "emea.contoso.com", Records: []string{"@ NS ns1.contoso.com.", "sip 60 A 192.0.2.7"}})
	r := o.reader(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			l := lookup(t, r, tc.name, tc.rrtype)
			got := want{l.Set.Data, l.Set.TTL, l.Zone, l.Barrier, l.Detail}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}
