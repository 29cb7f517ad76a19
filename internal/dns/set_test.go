package dns_test

import (
	"testing"

	"github.com/fedroute/fedroute/internal/dns"
)

func TestSame(t *testing.T) {
	set := func(ttl uint32, data ...string) dns.RRSet {
		return dns.RRSet{Key: dns.NewKey("sip.contoso.com", dns.A), TTL: ttl, Data: data}
	}
	cases := map[string]struct {
		reason      string
		found, want dns.RRSet
		same        bool
	}{
		"equal":            {"nothing differs", set(300, "192.0.2.1"), set(300, "192.0.2.1"), true},
		"another value":    {"partners are led elsewhere", set(300, "192.0.2.2"), set(300, "192.0.2.1"), false},
		"a value more":     {"some partners are led elsewhere", set(300, "192.0.2.1", "192.0.2.2"), set(300, "192.0.2.1"), false},
		"another TTL":      {"partners would see a failover later than the spec says", set(3600, "192.0.2.1"), set(300, "192.0.2.1"), false},
		"TTL 0":            {"it is a TTL that somebody chose", set(0, "192.0.2.1"), set(300, "192.0.2.1"), false},
		"no TTL is wanted": {"any TTL is right", set(3600, "192.0.2.1"), set(0, "192.0.2.1"), true},
		"absent":           {"what is not there has no TTL", set(0), set(300), true},
		"another name":     {"it is another set", dns.RRSet{Key: dns.NewKey("fed.contoso.com", dns.A)}, set(0), false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := c.found.Same(c.want); got != c.same {
				t.Errorf("%s: got %t", c.reason, got)
			}
		})
	}
}

// TestWantedTTL: a set keeps the TTL that it has, unless another is wanted.
func TestWantedTTL(t *testing.T) {
	of := func(ttl uint32, data ...string) dns.RRSet { return dns.RRSet{TTL: ttl, Data: data} }
	cases := map[string]struct {
		reason string
		change dns.Change
		want   uint32
	}{
		"wanted":            {"the spec says it", dns.Change{From: of(300, "192.0.2.1"), To: of(60, "192.0.2.2")}, 60},
		"not wanted":        {"it stays", dns.Change{From: of(300, "192.0.2.1"), To: of(0, "192.0.2.2")}, 300},
		"nothing was there": {"it gets the usual one", dns.Change{From: of(300), To: of(0, "192.0.2.2")}, dns.DefaultTTL},
		"it was 0":          {"no TTL is none to keep", dns.Change{From: of(0, "192.0.2.1"), To: of(0, "192.0.2.2")}, dns.DefaultTTL},
	}
	for name, c := range cases {
		if got := c.change.WantedTTL(); got != c.want {
			t.Errorf("%s, %s: %d, want %d", name, c.reason, got, c.want)
		}
	}
}

// TestASetInWords: that there is nothing is said in a word.
func TestASetInWords(t *testing.T) {
	for want, set := range map[string]dns.RRSet{"none": {}, "192.0.2.1": {Data: []string{"192.0.2.1"}}, "192.0.2.1, 192.0.2.2": {Data: []string{"192.0.2.1", "192.0.2.2"}}} {
		if got := set.String(); got != want {
			t.Errorf("%v reads %q", set.Data, got)
		}
	}
}
