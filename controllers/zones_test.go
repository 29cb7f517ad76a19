package controllers

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/memory/signers"
	"github.com/fedroute/fedroute/internal/plan"
)

// readerFunc is a function that serves as a dns.Reader.
type readerFunc func([]dns.Key) (map[dns.Key]dns.Lookup, error)

func (f readerFunc) Read(_ context.Context, keys []dns.Key) (map[dns.Key]dns.Lookup, error) {
	return f(keys)
}

func TestLookUpLeavesUnknownWhatCannotBeRead(t *testing.T) {
	open := map[string]dns.Reader{
		"contoso.com": readerFunc(func(keys []dns.Key) (map[dns.Key]dns.Lookup, error) {
			return map[dns.Key]dns.Lookup{keys[0]: {Zone: "contoso.com"}}, nil // the second key gets no answer
		}),
		"fabrikam.com": readerFunc(func([]dns.Key) (map[dns.Key]dns.Lookup, error) {
			return nil, fault.New(fault.Unreachable, "ask", "ns1.fabrikam.com", "no answer in time")
		}),
	}
	key := func(name string) dns.Key { return dns.Key{Name: name, Type: dns.A} }
	wanted := func(zone, name string) plan.Record { return plan.Record{Zone: zone, RRSet: dns.RRSet{Key: key(name)}} }
	found := lookUp(t.Context(), open, []plan.Record{wanted("contoso.com", "sip.contoso.com"), wanted("contoso.com", "fed.contoso.com"), wanted("fabrikam.com", "sip.fabrikam.com")})
	if part := found[key("sip.contoso.com")]; !part.Known() || part.Value.Zone != "contoso.com" {
		t.Errorf("a record that was read is %+v", part)
	}
	if part := found[key("fed.contoso.com")]; !fault.Is(part.Err, fault.Internal) {
		t.Errorf("a record without answer is %+v, want unknown", part)
	}
	if part := found[key("sip.fabrikam.com")]; !fault.Is(part.Err, fault.Unreachable) {
		t.Errorf("a record of a silent zone is %+v, want unknown", part)
	}
	if len(found) != 3 {
		t.Errorf("%d parts, want one for each record", len(found))
	}
}

// TestLookUpAllFollowsServices: the addresses of a host that an SRV record names tell whose
// the record is.
func TestLookUpAllFollowsServices(t *testing.T) {
	sets := map[dns.Key][]string{
		{Name: "_sipfederationtls._tcp.contoso.com", Type: dns.SRV}: {"0 0 5061 partners.contoso.com"},
		{Name: "partners.contoso.com", Type: dns.A}:                 {"192.0.2.1"},
	}
	open := map[string]dns.Reader{"contoso.com": readerFunc(func(keys []dns.Key) (map[dns.Key]dns.Lookup, error) {
		found := map[dns.Key]dns.Lookup{}
		for _, key := range keys {
			found[key] = dns.Lookup{Set: dns.RRSet{Key: key, Data: sets[key]}}
		}
		return found, nil
	})}
	service := dns.Key{Name: "_sipfederationtls._tcp.contoso.com", Type: dns.SRV}
	d := plan.Desired{Zones: []string{"contoso.com"}, Records: []plan.Record{{Zone: "contoso.com", RRSet: dns.RRSet{Key: service, Data: []string{"0 0 5061 sip.contoso.com"}}}}}
	found := lookUpAll(t.Context(), open, d)
	if got := found[dns.Key{Name: "partners.contoso.com", Type: dns.A}].Value.Set.Data; len(found) != 3 || len(got) != 1 || got[0] != "192.0.2.1" {
		t.Errorf("read were %v", found)
	}
}

func TestZonesAreOpenedWithTheirKeys(t *testing.T) {
	spec := &v1alpha1.DNS{Servers: []v1alpha1.DNSServer{{Zone: "contoso.com", Address: "192.0.2.53:53", TSIGSecretRef: &v1alpha1.LocalReference{Name: "key"}}}}
	good := secret("key", map[string]string{"name": "key.contoso.com", "algorithm": "hmac-sha256", "secret": "c3dvcmRmaXNo"})
	cases := map[string]struct {
		reason string
		spec   *v1alpha1.DNS
		keys   secrets
		zones  int
		says   string
	}{
		"no DNS":   {"what is not managed is not opened", nil, secrets{}, 0, ""},
		"with key": {"a writer for each zone", spec, secrets{reader: fakeObjects(t, good), namespace: "lync"}, 1, ""},
		"Kerberos": {"or an account", &v1alpha1.DNS{Servers: []v1alpha1.DNSServer{kerberosZone()}}, secrets{reader: fakeObjects(t, secret("dns", kerberosAccount())), namespace: "lync"}, 1, ""},
		"no key":   {"a missing key is told before anything moves", spec, secrets{reader: fakeObjects(t), namespace: "lync"}, 0, "Secret key does not exist"},
		"no address": {"an address that cannot be meant", &v1alpha1.DNS{Servers: []v1alpha1.DNSServer{{Zone: "contoso.com", Address: "ns1:99999"}}},
			secrets{}, 0, "that is no server address"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := zoneWriters{keys: c.keys, signers: signers.New(time.Now)}.zones(t.Context(), c.spec)
			tellsNoSecret(t, err, got)
			if len(got) != c.zones || (err == nil) != (c.says == "") || (err != nil && !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%s: %d zones, %v; want %d, %q", c.reason, len(got), err, c.zones, c.says)
			}
			for zone, z := range got {
				if z.Reader == nil || z.Writer == nil {
					t.Errorf("%s: zone %s is not whole", c.reason, zone)
				}
			}
		})
	}
}

func TestZoneConfig(t *testing.T) {
	server := v1alpha1.DNSServer{Zone: "contoso.com", Address: "ns1:53", TSIGSecretRef: &v1alpha1.LocalReference{Name: "key"}}
	keys := secrets{reader: fakeObjects(t, secret("key", map[string]string{"name": "key.contoso.com", "algorithm": "hmac-sha256", "secret": "c3dvcmRmaXNo"})), namespace: "lync"}
	cases := map[string]struct {
		reason    string
		change    func(*v1alpha1.DNSServer)
		keys      secrets
		discovery rfc2136.Discovery
		others    int
		signs     bool
		says      string
	}{
		"alone":  {"without a list the zone's NS records say whom to ask, and no Secret is read", func(*v1alpha1.DNSServer) {}, secrets{}, rfc2136.DiscoverNS, 0, false, ""},
		"listed": {"a list replaces the NS records", func(s *v1alpha1.DNSServer) { s.ReadBackFrom = []string{"ns2:53"} }, secrets{}, rfc2136.DiscoverNone, 1, false, ""},
		"signed": {"a view that the key chooses is asked with the key", func(s *v1alpha1.DNSServer) { s.SignQueries = true }, keys, rfc2136.DiscoverNS, 0, true, ""},
		"signed without the Secret": {"what would be read without the key is another view", func(s *v1alpha1.DNSServer) { s.SignQueries = true },
			secrets{reader: fakeObjects(t), namespace: "lync"}, rfc2136.DiscoverNS, 0, false, "Secret key does not exist"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			server := server
			c.change(&server)
			got, err := zoneConfig(t.Context(), server, c.keys, nil)
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%s: %v, want %q", c.reason, err, c.says)
				}
				return
			}
			if err != nil || got.Zone != "contoso.com" || got.Server != "ns1:53" || got.Discovery != c.discovery || len(got.Secondaries) != c.others || (got.QueryKey != nil) != c.signs {
				t.Errorf("%s: %+v, %v", c.reason, got, err)
			}
		})
	}
}
