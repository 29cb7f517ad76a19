//go:build interop

package dns_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/test/support/nameserver"
)

// judgement is the short form of a Lookup.
type judgement struct {
	Data    []string
	Zone    string
	Barrier dns.Barrier
	Detail  string
}

func judgementOf(l dns.Lookup) judgement {
	if l.Barrier == dns.BarrierNoZone {
		l.Detail = "" // servers report it in different ways
	}
	return judgement{l.Set.Data, l.Zone, l.Barrier, l.Detail}
}

// TestReadJudgesEachName checks that the client judges each server program's answers as it
// judges the simulator's (test/dns).
func TestReadJudgesEachName(t *testing.T) {
	z := nameserver.Zone
	cases := map[dns.Key]judgement{
		{Name: "sip.contoso.test", Type: dns.A}:                       {Data: []string{"192.0.2.10"}, Zone: z},
		{Name: "_sipfederationtls._tcp.contoso.test", Type: dns.SRV}:  {Data: []string{"0 0 5061 sip.contoso.test"}, Zone: z},
		{Name: "sip.contoso.test", Type: dns.AAAA}:                    {Zone: z},
		{Name: "new.contoso.test", Type: dns.A}:                       {Zone: z},
		{Name: "_tcp.contoso.test", Type: dns.A}:                      {Zone: z},
		{Name: "contoso.test", Type: dns.A}:                           {Zone: z},
		{Name: "alias.contoso.test", Type: dns.A}:                     {Zone: z, Barrier: dns.BarrierCNAME, Detail: "ns1.contoso.test"},
		{Name: "away.contoso.test", Type: dns.A}:                      {Zone: z, Barrier: dns.BarrierCNAME, Detail: "www.fabrikam.test"},
		{Name: "x.wild.contoso.test", Type: dns.A}:                    {Zone: z, Barrier: dns.BarrierWildcard, Detail: "*.wild.contoso.test → 192.0.2.99"},
		{Name: "a.b.wild.contoso.test", Type: dns.A}:                  {Zone: z, Barrier: dns.BarrierWildcard, Detail: "*.wild.contoso.test → 192.0.2.99"},
		{Name: "exact.wild.contoso.test", Type: dns.A}:                {Data: []string{"192.0.2.99"}, Zone: z},
		{Name: "x.wild.contoso.test", Type: dns.SRV}:                  {Zone: z},
		{Name: "x.aliased.contoso.test", Type: dns.A}:                 {Zone: z, Barrier: dns.BarrierWildcard, Detail: "*.aliased.contoso.test → ns1.contoso.test"},
		{Name: "h.sub.contoso.test", Type: dns.A}:                     {Zone: z, Barrier: dns.BarrierDelegation, Detail: "sub.contoso.test"},
		{Name: "sub.contoso.test", Type: dns.A}:                       {Zone: z, Barrier: dns.BarrierDelegation, Detail: "sub.contoso.test"},
		{Name: "_sipfederationtls._tcp.fabrikam.test", Type: dns.SRV}: {Barrier: dns.BarrierNoZone},
	}
	for name, server := range nameserver.Programs {
		t.Run(name, func(t *testing.T) {
			t.Attr("case", name+": zone, delegation, wildcard and CNAME above or at a name are told apart")
			t.Attr("with", server.Package)
			t.Parallel()
			r := newReader(t, server.Start(t, nameserver.Options{}).Config())
			var keys []dns.Key
			for key := range cases {
				keys = append(keys, key)
			}
			found, err := r.Read(t.Context(), keys)
			if err != nil {
				t.Fatal(err)
			}
			for key, want := range cases {
				if diff := cmp.Diff(want, judgementOf(found[key])); diff != "" {
					t.Errorf("%s (-want +got):\n%s", key, diff)
				}
			}
		})
	}
}
