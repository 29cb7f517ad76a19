//go:build interop

package dns_test

import (
	"slices"
	"testing"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/test/support/nameserver"
)

// noKey is each server's answer to a key that it does not know. PowerDNS only refuses.
var noKey = []fault.Kind{fault.Denied, fault.Refused}

// TestAskedBeforehand sends only the prerequisites of an update (RFC 2136 section 2.5 lets
// the update section be empty).
func TestAskedBeforehand(t *testing.T) {
	for program, server := range nameserver.Programs {
		t.Run(program, func(t *testing.T) {
			t.Attr("case", program+": asked before an update whether it would be taken, it says so and changes nothing")
			t.Attr("with", server.Package)
			t.Parallel()
			s := server.Start(t, nameserver.Options{})
			r := newReader(t, s.Config())
			was, wanted := newSet(t, "sip.contoso.test", dns.A, 60, "192.0.2.10"), newSet(t, "sip.contoso.test", dns.A, 60, "192.0.2.20")
			if err := moveTo(t.Context(), r, newWriter(t, s.Config(), updateKey), was); err != nil {
				t.Fatal(fault.Sentence(err))
			}
			good := []dns.Change{{From: was, To: wanted}, {From: newSet(t, "new.contoso.test", dns.A, 0), To: newSet(t, "new.contoso.test", dns.A, 60, "192.0.2.20")}}
			for name, c := range map[string]struct {
				key     rfc2136.TSIG
				changes []dns.Change
				want    []fault.Kind
			}{
				"allowed":       {updateKey, good, []fault.Kind{""}},
				"unknown key":   {rfc2136.TSIG{Name: "nobody", Secret: nameserver.Secret}, good, noKey},
				"wrong secret":  {rfc2136.TSIG{Name: updateKey.Name, Secret: "d3Jvbmcgc2VjcmV0IGhlcmU="}, good, noKey},
				"changed since": {updateKey, []dns.Change{{From: wanted, To: was}}, []fault.Kind{fault.WorldChanged}},
			} {
				if err := newWriter(t, s.Config(), c.key).Check(t.Context(), c.changes); !slices.Contains(c.want, fault.KindOf(err)) {
					t.Errorf("%s: got %v, want %q", name, err, c.want)
				}
			}
			mustBePublished(t, r, was)
		})
	}
}
