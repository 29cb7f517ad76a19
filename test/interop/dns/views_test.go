//go:build interop

package dns_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/test/support/nameserver"
)

const viewZone = `$TTL 300
@ IN SOA ns1 hostmaster 1 3600 600 86400 60
@ IN NS ns1
ns1 IN A 127.0.0.1
`

// TestViewIsChosenByTheKey: the server shows partners and this program different data until
// the queries are signed.
func TestViewIsChosenByTheKey(t *testing.T) {
	t.Attr("case", "BIND chooses the view by the key: unsigned queries are told as the cause, signed ones see what the key changes")
	t.Attr("with", "bind9")
	z := nameserver.Zone
	view := func(name, clients string) string {
		return fmt.Sprintf("view %s { match-clients { %s }; zone %q { type primary; file %q; update-policy { grant upd zonesub ANY; }; }; };", name, clients, z, name)
	}
	s := nameserver.StartBIND(t, nameserver.BINDOptions{
		Zones: view("inside", "!key upd; 127.0.0.0/8;") + view("partners", "key upd; any;"),
		Files: map[string]string{"inside": viewZone, "partners": viewZone + "fed IN A 192.0.2.9\n"}})
	fed := dns.NewKey("fed."+z, dns.A)

	unsigned := newReader(t, s.Config())
	found, err := unsigned.Read(t.Context(), []dns.Key{fed})
	if err != nil {
		t.Fatal(err)
	}
	wanted := newSet(t, fed.Name, dns.A, 300, "192.0.2.20")
	err = newWriter(t, s.Config(), updateKey).Check(t.Context(), []dns.Change{found[fed].ChangeTo(wanted)})
	if !fault.Is(err, fault.Refused) || !strings.Contains(fault.Sentence(err), "set signQueries") {
		t.Errorf("unsigned queries: %v, want Refused with the cause", err)
	}

	c := s.Config()
	if c.QueryKey, err = rfc2136.HMAC(updateKey); err != nil {
		t.Fatal(err)
	}
	signed := newReader(t, c)
	if err := moveTo(t.Context(), signed, newWriter(t, c, updateKey), wanted); err != nil {
		t.Fatal(fault.Sentence(err))
	}
	if found, err = signed.Read(t.Context(), []dns.Key{fed}); err != nil || !found[fed].Set.Same(wanted) {
		t.Errorf("signed queries show %v, %v after the change", found[fed].Set, err)
	}
}

func TestNameBelowADNAME(t *testing.T) {
	t.Attr("case", "BIND: a name below a DNAME record is told apart from a wildcard")
	t.Attr("with", "bind9")
	s := nameserver.StartBIND(t, nameserver.BINDOptions{Options: nameserver.Options{Records: viewZone + "moved IN DNAME elsewhere.fabrikam.test.\n"}})
	below := dns.NewKey("_sipfederationtls._tcp.moved."+s.Zone, dns.SRV)
	found, err := newReader(t, s.Config()).Read(t.Context(), []dns.Key{below})
	if err != nil {
		t.Fatal(err)
	}
	want := judgement{Zone: s.Zone, Barrier: dns.BarrierDNAME, Detail: "moved." + s.Zone + " → elsewhere.fabrikam.test"}
	if got := judgementOf(found[below]); got.Barrier != want.Barrier || got.Detail != want.Detail {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
