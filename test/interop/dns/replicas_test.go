//go:build interop

package dns_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/test/support/nameserver"
)

// startPair starts a primary and a secondary, and returns how to reach them.
func startPair(t *testing.T, v nameserver.Visibility) (nameserver.Pair, rfc2136.Config) {
	t.Helper()
	p := nameserver.StartPair(t, nameserver.Zone, v)
	c := rfc2136.Config{Server: p.Primary.Addr}
	_, port, _ := net.SplitHostPort(p.Primary.Addr)
	_, _ = fmt.Sscan(port, &c.NSPort)
	return p, c
}

func TestLaggingSecondary(t *testing.T) {
	t.Attr("case", "A secondary that lags behind is named until it has caught up")
	t.Attr("with", "bind9 knot")
	p, c := startPair(t, nameserver.PublicPrimary)
	r, w := newReader(t, c), newWriter(t, c, updateKey)
	want := newSet(t, "sip.contoso.test", dns.A, 60, "192.0.2.20")
	if err := moveTo(t.Context(), r, w, want); err != nil {
		t.Fatal(fault.Sentence(err))
	}
	found, err := r.Read(t.Context(), []dns.Key{want.Key})
	if err != nil {
		t.Fatal(err)
	}
	published, laggards := dns.Published(found, []dns.RRSet{want})
	if published || len(laggards) != 1 || laggards[0].Server != p.Secondary.Addr || laggards[0].Found.String() != "192.0.2.10" {
		t.Errorf("the secondary still has the old address, but: published %v, %+v", published, laggards)
	}
	p.Restart()
	mustBePublished(t, r, want)
}

func TestHiddenPrimary(t *testing.T) {
	t.Attr("case", "A hidden primary is written, the public servers are read")
	t.Attr("with", "bind9 knot")
	p, c := startPair(t, nameserver.HiddenPrimary)
	r, w := newReader(t, c), newWriter(t, c, updateKey)
	want := newSet(t, "_xmpp-server._tcp.contoso.test", dns.SRV, 60, "0 0 5269 sip.contoso.test")
	if err := moveTo(t.Context(), r, w, want); err != nil {
		t.Fatal(fault.Sentence(err))
	}
	p.Restart()
	found, err := r.Read(t.Context(), []dns.Key{want.Key})
	if err != nil {
		t.Fatal(err)
	}
	l := found[want.Key]
	if len(l.Servers) != 2 || l.Servers[0].Server != p.Primary.Addr || l.Servers[1].Server != p.Secondary.Addr {
		t.Errorf("asked %+v, want the hidden primary first and then the public server", l.Servers)
	}
	mustBePublished(t, r, want)
}

func TestUpdateToSecondaryIsRefused(t *testing.T) {
	t.Attr("case", "An update sent to a secondary is refused with its reason")
	t.Attr("with", "bind9")
	primary := nameserver.StartBIND(t, nameserver.BINDOptions{ZoneStatements: `allow-transfer { any; };`})
	_, port, _ := net.SplitHostPort(primary.Addr)
	secondary := nameserver.StartBIND(t, nameserver.BINDOptions{Zones: fmt.Sprintf("zone %q { type secondary; primaries port %s { 127.0.0.1; }; };", nameserver.Zone, port)})
	change := dns.Change{From: newSet(t, "new.contoso.test", dns.A, 0), To: newSet(t, "new.contoso.test", dns.A, 60, "192.0.2.1")}
	err := newWriter(t, secondary.Config(), updateKey).Write(t.Context(), []dns.Change{change}, dns.Always)
	if !fault.Is(err, fault.Refused) {
		t.Errorf("got %v, want Refused", err)
	}
}

func TestPolicyAndClock(t *testing.T) {
	t.Attr("case", "update-policy and a wrong clock are told by their names")
	t.Attr("with", "bind9")
	s := nameserver.StartBIND(t, nameserver.BINDOptions{})
	create := []dns.Change{{From: newSet(t, "new.contoso.test", dns.A, 0), To: newSet(t, "new.contoso.test", dns.A, 60, "192.0.2.1")}}

	err := newWriter(t, s.Config(), rfc2136.TSIG{Name: "narrow", Secret: nameserver.Secret}).Write(t.Context(), create, dns.Always)
	if !fault.Is(err, fault.Refused) {
		t.Errorf("a name that the key may not change: got %v, want Refused", err)
	}
	late := s.Config()
	late.Now = func() time.Time { return time.Now().Add(-20 * time.Minute) }
	err = newWriter(t, late, updateKey).Write(t.Context(), create, dns.Always)
	if !fault.Is(err, fault.Denied) || !strings.Contains(err.Error(), "the clocks differ by") {
		t.Errorf("a clock 20 minutes late: got %v, want Denied that says so", err)
	}
}

// TestSignedZone checks that BIND signs the written records, and that signatures in the
// answers disturb nothing.
func TestSignedZone(t *testing.T) {
	t.Attr("case", "A zone with inline signing: what is written gets signed")
	t.Attr("with", "bind9 bind9-dnsutils")
	s := nameserver.StartBIND(t, nameserver.BINDOptions{ZoneStatements: "dnssec-policy default; inline-signing yes;"})
	r, w := newReader(t, s.Config()), newWriter(t, s.Config(), updateKey)
	host := newSet(t, "sip.contoso.test", dns.A, 60, "192.0.2.20")
	service := newSet(t, "_xmpp-server._tcp.contoso.test", dns.SRV, 60, "0 0 5269 sip.contoso.test")
	for _, step := range [][]dns.RRSet{{host, service}, {newSet(t, "sip.contoso.test", dns.A, 60, "192.0.2.30")}, {host}} {
		if err := moveTo(t.Context(), r, w, step...); err != nil {
			t.Fatal(fault.Sentence(err))
		}
		awaitPublished(t, r, step...)
	}
	found, err := r.Read(t.Context(), []dns.Key{dns.NewKey("x.wild.contoso.test", dns.A)})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range found {
		if l.Barrier != dns.BarrierWildcard {
			t.Errorf("the wildcard is judged %+v", l)
		}
	}
	hostname, port, _ := net.SplitHostPort(s.Addr)
	out, err := s.Try(t, "", "dig", "@"+hostname, "-p", port, "+dnssec", "+norec", "sip.contoso.test", "A")
	if err != nil || !strings.Contains(out, "RRSIG") {
		t.Errorf("the new record is not signed: %v\n%s", err, out)
	}
}

// awaitPublished waits for a server that publishes a change a moment after it has reported
// success.
func awaitPublished(t *testing.T, r dns.Reader, want ...dns.RRSet) {
	t.Helper()
	keys := make([]dns.Key, len(want))
	for i, s := range want {
		keys[i] = s.Key
	}
	for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		found, err := r.Read(t.Context(), keys)
		if err != nil {
			t.Fatal(err)
		}
		published, laggards := dns.Published(found, want)
		if published {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not published in time: %+v", laggards)
		}
	}
}
