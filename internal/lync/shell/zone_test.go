package shell_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
)

const dnsHost = "https://dc1.contoso.com:5986/wsman"

// zone gives a writer for contoso.com on dc1, with an account of its own.
func (w *world) zone(t *testing.T) *shell.ZoneWriter {
	return shell.NewZoneWriter(w.fleet(t), shell.ZoneAccess{Zone: "contoso.com", Endpoint: remote.Endpoint{URL: dnsHost},
		Credentials: func(context.Context) (remote.Credentials, error) {
			return remote.Credentials{Method: remote.NTLM, Username: "dnsadmin", Password: "x"}, nil
		}})
}

func records(t *testing.T, name string, kind dns.Type, ttl uint32, values ...string) dns.RRSet {
	t.Helper()
	set, err := dns.NewSet(name, kind, ttl, values...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// failover changes an address, creates a service record and removes the zone's own address.
func failover(t *testing.T) []dns.Change {
	const service, host = "_sipfederationtls._tcp.contoso.com", "fed.contoso.com"
	return []dns.Change{
		{From: records(t, service, dns.SRV, 0), To: records(t, service, dns.SRV, 90000, "0 0 5061 fed.contoso.com")},
		{From: records(t, host, dns.A, 300, "192.0.2.1", "192.0.2.2"), To: records(t, host, dns.A, 60, "192.0.2.3")},
		{From: records(t, "contoso.com", dns.AAAA, 300, "2001:db8::1"), To: records(t, "contoso.com", dns.AAAA, 0)},
	}
}

const published = `[{"Sets": [{"Name": "fed", "Type": "A", "Values": ["192.0.2.3"]}, {"Name": "@", "Type": "AAAA", "Values": []},
	{"Name": "_sipfederationtls._tcp", "Type": "SRV", "Values": ["0 0 5061 fed.contoso.com"]}]}]`

func TestZoneWriter(t *testing.T) {
	w := newWorld()
	w.answers[dnsHost] = says(published)
	if err := w.zone(t).Write(t.Context(), failover(t), dns.Always); err != nil {
		t.Fatal(fault.Sentence(err))
	}
	if diff := cmp.Diff([]string{dnsHost}, w.asked); diff != "" {
		t.Errorf("who was asked (-want +got):\n%s", diff)
	}
	golden(t, "request-set-dns-records.json", w.requests[0].Arguments)
	if err := w.zone(t).Write(t.Context(), nil, dns.Always); err != nil || len(w.asked) != 1 {
		t.Errorf("nothing to change: %v, asked %v", err, w.asked)
	}
}

func TestZoneWriterFaults(t *testing.T) {
	foreign := []dns.Change{{From: records(t, "sip.fabrikam.com", dns.A, 0), To: records(t, "sip.fabrikam.com", dns.A, 60, "192.0.2.1")}}
	cases := map[string]struct {
		reason  string
		answer  answer
		changes []dns.Change
		kind    fault.Kind
		says    string
	}{
		"changed meanwhile": {"ours", fails(throws("fedroute.WorldChanged", "InvalidData", "fed A of zone contoso.com is now '192.0.2.7', not '192.0.2.1'; nothing was changed")), failover(t), fault.WorldChanged, "nothing was changed; observe again"},
		"another run":       {"ours", fails(throws("fedroute.Busy", "ResourceBusy", "another change of zone contoso.com is still running")), failover(t), fault.Busy, "wait until it ends"},
		"in the middle":     {"ours", fails(throws("fedroute.Failed", "InvalidResult", "It broke. Before that 2 records of zone contoso.com were changed")), failover(t), fault.Failed, "2 records of zone contoso.com were changed"},
		"denied":            {"no DnsAdmin", fails(throws("WIN32 5,Get-DnsServerResourceRecord", "PermissionDenied", "Failed to get fed record")), failover(t), fault.Denied, "DnsAdmins"},
		"no zone":           {"another server's", fails(throws("WIN32 9601,Get-DnsServerResourceRecord", "ObjectNotFound", "The zone contoso.com was not found on server dc1")), failover(t), fault.Invalid, "correct zone and endpoint"},
		"secondary":         {"nothing can be changed there", fails(throws("WIN32 9611,Add-DnsServerResourceRecordA", "InvalidOperation", "invalid zone type")), failover(t), fault.Invalid, "the zone's own primary"},
		"record exists":     {"somebody was faster", fails(throws("WIN32 9711,Add-DnsServerResourceRecordA", "ResourceExists", "Failed to create resource record")), failover(t), fault.WorldChanged, "plan anew"},
		"service stopped":   {"the DNS service", fails(throws("WIN32 1722,Get-DnsServerResourceRecord", "ResourceUnavailable", "RPC")), failover(t), fault.Unreachable, "start the DNS service"},
		"lost":              {"never sent again", fails(lost()), failover(t), fault.OutcomeUnknown, "the connection was lost"},
		"read otherwise": {"somebody changed it since", says(strings.Replace(published, "192.0.2.3", "192.0.2.9", 1)), failover(t), fault.WorldChanged,
			`fed A was set to ["192.0.2.3"] and reads ["192.0.2.9"] afterwards; somebody else changes the zone too`},
		"too little read": {"a defect of ours", says(`[{"Sets": []}]`), failover(t), fault.Internal, "0 sets were read back instead of 3"},
		"other zone":      {"a defect of ours", says(published), foreign, fault.Internal, "sip.fabrikam.com A is no set of it"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.answers[dnsHost] = c.answer
			err := w.zone(t).Write(t.Context(), c.changes, dns.Always)
			if !fault.Is(err, c.kind) || !strings.Contains(fault.Sentence(err), c.says) {
				t.Errorf("%s: got %s, %v; want %s saying %q", c.reason, fault.KindOf(err), err, c.kind, c.says)
			}
			if len(w.asked) > 1 {
				t.Errorf("%s: asked %d times", c.reason, len(w.asked))
			}
		})
	}
}

func TestZoneWriterWithoutCredentials(t *testing.T) {
	w := newWorld()
	gone := errors.New("the Secret is gone")
	z := shell.NewZoneWriter(w.fleet(t), shell.ZoneAccess{Zone: "contoso.com", Endpoint: remote.Endpoint{URL: dnsHost},
		Credentials: func(context.Context) (remote.Credentials, error) { return remote.Credentials{}, gone }})
	if err := z.Write(t.Context(), failover(t), dns.Always); !errors.Is(err, gone) || len(w.dials) > 0 {
		t.Errorf("%v, dialed %v", err, w.dials)
	}
}
