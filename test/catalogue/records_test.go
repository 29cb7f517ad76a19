package catalogue_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/lyncsim/cmdlets/dnsserver"
	simdns "github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

const sipService = "_sipfederationtls._tcp.contoso.com"

// zoneOf is contoso.com on its DNS server, with the scripts of the catalogue that change
// it.
type zoneOf struct {
	*simdns.Authority
	host   *machine
	server *dnsserver.Session
	writer *shell.ZoneWriter
}

// startZone adds a DNS server to an organization.
func startZone(t *testing.T) zoneOf {
	t.Helper()
	spec := contoso("SkypeForBusinessServer2019")
	spec.ManagementServers = []farm.MachineSpec{{FQDN: dnsHost, DNSZones: []string{"contoso.com"}}}
	o := start(t, spec)
	zones, err := simdns.New(o.Clock().Now, []simdns.Zone{{Name: "contoso.com", Records: []string{
		"@ 3600 NS ns1", "ns1 3600 A 192.0.2.53", "@ 300 A 192.0.2.80", "fed 300 A 192.0.2.1", "fed 300 A 192.0.2.2", "www 300 CNAME fed",
		"fed 300 TXT kept", sipService + ". 300 SRV 0 0 5061 fed.contoso.com.",
	}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	z := zoneOf{Authority: zones, host: o.machines[dnsHost], server: &dnsserver.Session{Zones: zones.On(dnsHost), ZoneNames: []string{"contoso.com"}, Server: dnsHost, User: `CONTOSO\dnsadmin`}}
	o.machines[dnsHost].dns = z.server
	z.writer = shell.NewZoneWriter(o.fleet, shell.ZoneAccess{Zone: "contoso.com", Endpoint: remote.Endpoint{URL: "https://" + dnsHost},
		Credentials: func(context.Context) (remote.Credentials, error) { return remote.Credentials{Method: remote.NTLM}, nil }})
	return z
}

// set makes a set of records.
func set(t *testing.T, name string, kind dns.Type, ttl uint32, values ...string) dns.RRSet {
	t.Helper()
	s, err := dns.NewSet(name, kind, ttl, values...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// journal lists every change that was made to the zone.
func (z zoneOf) done() []string {
	var out []string
	for _, e := range z.Journal() {
		out = append(out, strings.Join(e.Changes, " "))
	}
	return out
}

func TestSetDnsRecords(t *testing.T) {
	const fed = "fed.contoso.com"
	cases := map[string]struct {
		reason string
		change func(*testing.T) []dns.Change
		done   []string // in this order
	}{
		"move": {"what is added comes before what goes, so that nobody finds the name empty", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: set(t, fed, dns.A, 300, "192.0.2.1", "192.0.2.2"), To: set(t, fed, dns.A, 300, "192.0.2.2", "192.0.2.3")}}
		}, []string{"+fed.contoso.com 300 A 192.0.2.3", "-fed.contoso.com 300 A 192.0.2.1"}},
		"create": {"addresses before the service that leads to them, whatever the order asked", func(t *testing.T) []dns.Change {
			return []dns.Change{
				{From: set(t, "_xmpp-server._tcp.contoso.com", dns.SRV, 0), To: set(t, "_xmpp-server._tcp.contoso.com", dns.SRV, 60, "0 0 5269 im.contoso.com")},
				{From: set(t, "im.contoso.com", dns.A, 0), To: set(t, "im.contoso.com", dns.A, 60, "192.0.2.7")},
				{From: set(t, "im.contoso.com", dns.AAAA, 0), To: set(t, "im.contoso.com", dns.AAAA, 60, "2001:db8::7")},
			}
		}, []string{"+im.contoso.com 60 A 192.0.2.7", "+im.contoso.com 60 AAAA 2001:db8::7", "+_xmpp-server._tcp.contoso.com 60 SRV 0 0 5269 im.contoso.com."}},
		"delete": {"the service goes before the addresses that it leads to", func(t *testing.T) []dns.Change {
			return []dns.Change{
				{From: set(t, fed, dns.A, 300, "192.0.2.1", "192.0.2.2"), To: set(t, fed, dns.A, 0)},
				{From: set(t, sipService, dns.SRV, 300, "0 0 5061 fed.contoso.com"), To: set(t, sipService, dns.SRV, 0)},
			}
		}, []string{"-_sipfederationtls._tcp.contoso.com 300 SRV 0 0 5061 fed.contoso.com.", "-fed.contoso.com 300 A 192.0.2.1", "-fed.contoso.com 300 A 192.0.2.2"}},
		"retarget": {"one record of a service becomes another", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: set(t, sipService, dns.SRV, 300, "0 0 5061 fed.contoso.com"), To: set(t, sipService, dns.SRV, 300, "0 5 5061 sip.contoso.com")}}
		}, []string{"+_sipfederationtls._tcp.contoso.com 300 SRV 0 5 5061 sip.contoso.com.", "-_sipfederationtls._tcp.contoso.com 300 SRV 0 0 5061 fed.contoso.com."}},
		"ttl": {"a TTL is corrected where values stay", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: set(t, sipService, dns.SRV, 300, "0 0 5061 fed.contoso.com"), To: set(t, sipService, dns.SRV, 90000, "0 0 5061 fed.contoso.com")}}
		}, []string{"-_sipfederationtls._tcp.contoso.com 300 SRV 0 0 5061 fed.contoso.com. +_sipfederationtls._tcp.contoso.com 90000 SRV 0 0 5061 fed.contoso.com."}},
		"apex": {"the zone itself has a name of its own", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: set(t, "contoso.com", dns.A, 300, "192.0.2.80"), To: set(t, "contoso.com", dns.A, 300, "192.0.2.81")}}
		}, []string{"+contoso.com 300 A 192.0.2.81", "-contoso.com 300 A 192.0.2.80"}},
		"guarded": {"a set that is as it should be is only compared", func(t *testing.T) []dns.Change {
			s := set(t, sipService, dns.SRV, 300, "0 0 5061 fed.contoso.com")
			return []dns.Change{{From: s, To: s}}
		}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			z := startZone(t)
			changes := c.change(t)
			if err := z.writer.Check(t.Context(), changes); err != nil || len(z.Journal()) > 0 {
				t.Fatalf("%s: asked beforehand: %v, done %v", c.reason, err, z.done())
			}
			if err := z.writer.Write(t.Context(), changes, dns.Always); err != nil {
				t.Fatalf("%s: %s", c.reason, fault.Sentence(err))
			}
			if diff := cmp.Diff(c.done, z.done()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			for _, e := range z.Journal() {
				if e.By != `CONTOSO\dnsadmin` || e.Server != dnsHost {
					t.Errorf("%s: done by %s on %q", c.reason, e.By, e.Server)
				}
			}
		})
	}
}

// TestSetDnsRecordsAskedBeforehand: when a record's TTL is not the one that was read, a
// call that only asks does not change it either.
func TestSetDnsRecordsAskedBeforehand(t *testing.T) {
	z := startZone(t)
	read := set(t, sipService, dns.SRV, 60, "0 0 5061 fed.contoso.com") // it is 300 by now
	if err := z.writer.Check(t.Context(), []dns.Change{{From: read, To: set(t, sipService, dns.SRV, 600, "0 0 5061 sip.contoso.com")}}); err != nil || z.done() != nil {
		t.Errorf("got %v, done %v", err, z.done())
	}
}

// TestSetDnsRecordsOfManyDomains moves the hosts of 50 domains in one run.
func TestSetDnsRecordsOfManyDomains(t *testing.T) {
	t.Parallel()
	z := startZone(t)
	var changes []dns.Change
	for i := range 50 {
		host := fmt.Sprintf("fed%d.contoso.com", i)
		must(t, z.Set("anna", host, "A", 300, "192.0.2.1"))
		changes = append(changes, dns.Change{From: set(t, host, dns.A, 300, "192.0.2.1"), To: set(t, host, dns.A, 300, "192.0.2.2")})
	}
	before := len(z.Journal())
	if err := z.writer.Write(t.Context(), changes, dns.Always); err != nil {
		t.Fatal(fault.Sentence(err))
	}
	for _, c := range changes {
		if got := z.Lookup(c.To.Name, "A"); !slices.Equal(got, c.To.Data) {
			t.Errorf("%s has %v, want %v", c.To.Name, got, c.To.Data)
		}
	}
	if n := len(z.Journal()) - before; n != 100 {
		t.Errorf("%d changes were made, want one for each value that came or went", n)
	}
}

func TestSetDnsRecordsRefuses(t *testing.T) {
	fed := func(t *testing.T) []dns.Change {
		return []dns.Change{
			{From: set(t, "fed.contoso.com", dns.A, 300, "192.0.2.1", "192.0.2.2"), To: set(t, "fed.contoso.com", dns.A, 300, "192.0.2.3")},
			{From: set(t, "new.contoso.com", dns.A, 0), To: set(t, "new.contoso.com", dns.A, 300, "192.0.2.3")},
		}
	}
	cases := map[string]struct {
		reason string
		spoil  func(*testing.T, zoneOf)
		kind   fault.Kind
		says   string
	}{
		"changed": {"what somebody wrote meanwhile stays", func(t *testing.T, z zoneOf) {
			must(t, z.Set("anna", "fed.contoso.com", "A", 300, "192.0.2.1", "192.0.2.9"))
		},
			fault.WorldChanged, "fed A of zone contoso.com is now '192.0.2.1, 192.0.2.9', not '192.0.2.1, 192.0.2.2'; nothing was changed"},
		"gone":    {"so does what somebody removed", func(t *testing.T, z zoneOf) { must(t, z.Delete("anna", "fed.contoso.com", "A")) }, fault.WorldChanged, "is now '', not '192.0.2.1, 192.0.2.2'; nothing"},
		"created": {"a new name must still be free: one set that is not as it was read holds all", func(t *testing.T, z zoneOf) { must(t, z.Set("anna", "new.contoso.com", "A", 300, "192.0.2.9")) }, fault.WorldChanged, "new A of zone contoso.com is now '192.0.2.9', not ''; nothing was changed"},
		"alias": {"nothing stands beside a CNAME", func(t *testing.T, z zoneOf) {
			must(t, z.Set("anna", "new.contoso.com", "CNAME", 300, "fed.contoso.com."))
		}, fault.WorldChanged, "new of zone contoso.com is now an alias; nothing was changed"},
		"no zone": {"the cmdlets run on the zone's server", func(_ *testing.T, z zoneOf) { z.server.ZoneNames = []string{"fabrikam.com"} }, fault.Invalid, "The zone contoso.com was not found on server dc1.contoso.com; correct zone and endpoint"},
		"denied":  {"who is no DnsAdmin changes nothing", func(_ *testing.T, z zoneOf) { z.server.Denied = true }, fault.Denied, "access is denied; make the account a member of DnsAdmins"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			z := startZone(t)
			c.spoil(t, z)
			before := z.done()
			for _, err := range []error{z.writer.Check(t.Context(), fed(t)), z.writer.Write(t.Context(), fed(t), dns.Always)} {
				if !fault.Is(err, c.kind) || !strings.Contains(fault.Sentence(err), c.says) {
					t.Errorf("%s: got %s %v; want %s saying %q", c.reason, fault.KindOf(err), err, c.kind, c.says)
				}
			}
			if diff := cmp.Diff(before, z.done()); diff != "" {
				t.Errorf("%s: something was changed:\n%s", c.reason, diff)
			}
		})
	}
}

// TestSetDnsRecordsInTheMiddle checks that changes that others make between the comparison
// and the last change are left alone and reported.
func TestSetDnsRecordsInTheMiddle(t *testing.T) {
	move := func(t *testing.T) []dns.Change {
		return []dns.Change{{From: set(t, "fed.contoso.com", dns.A, 300, "192.0.2.1", "192.0.2.2"), To: set(t, "fed.contoso.com", dns.A, 300, "192.0.2.3")}}
	}
	cases := map[string]struct {
		reason string
		act    func(*testing.T, zoneOf)
		kind   fault.Kind
		says   string
		left   []string
	}{
		"added": {"a value that was never read is not removed", func(t *testing.T, z zoneOf) {
			must(t, z.Set("anna", "fed.contoso.com", "A", 300, "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.9"))
		}, fault.WorldChanged, `reads ["192.0.2.3" "192.0.2.9"] afterwards; somebody else changes the zone too`, []string{"192.0.2.3", "192.0.2.9"}},
		"removed": {"what is gone already need not be removed", func(t *testing.T, z zoneOf) {
			must(t, z.Set("anna", "fed.contoso.com", "A", 300, "192.0.2.2", "192.0.2.3"))
		}, "", "", []string{"192.0.2.3"}},
		"denied": {"a change that is broken off says how far it came", func(_ *testing.T, z zoneOf) { z.server.Denied = true }, fault.Failed,
			"access is denied. Before that 1 records of zone contoso.com were changed: it holds a part of the change", []string{"192.0.2.1", "192.0.2.2", "192.0.2.3"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			z := startZone(t)
			acted := false
			z.Observe(func(simdns.Entry) { // the script has made its first change
				if !acted {
					acted = true
					c.act(t, z)
				}
			})
			err := z.writer.Write(t.Context(), move(t), dns.Always)
			if fault.KindOf(err) != c.kind || (err != nil && !strings.Contains(fault.Sentence(err), c.says)) {
				t.Errorf("%s: got %s %v; want %q saying %q", c.reason, fault.KindOf(err), err, c.kind, c.says)
			}
			if got := z.Lookup("fed.contoso.com", "A"); !slices.Equal(got, c.left) {
				t.Errorf("%s: the zone holds %v, want %v", c.reason, got, c.left)
			}
		})
	}
}

// TestSetDnsRecordsNeedsItsModule checks that the script reports a server without the DNS
// role.
func TestSetDnsRecordsNeedsItsModule(t *testing.T) {
	o := start(t, contoso("SkypeForBusinessServer2019"))
	w := shell.NewZoneWriter(o.fleet, shell.ZoneAccess{Zone: "contoso.com", Endpoint: remote.Endpoint{URL: "https://" + frontEnd},
		Credentials: func(context.Context) (remote.Credentials, error) { return remote.Credentials{Method: remote.NTLM}, nil }})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := w.Write(ctx, []dns.Change{{From: set(t, "new.contoso.com", dns.A, 0), To: set(t, "new.contoso.com", dns.A, 300, "192.0.2.3")}}, dns.Always)
	if !fault.Is(err, fault.Unsupported) || !strings.Contains(fault.Sentence(err), "no DnsServer module") {
		t.Errorf("got %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
