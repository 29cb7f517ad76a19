package dns

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
)

func TestParseData(t *testing.T) {
	tests := map[string]struct {
		reason string
		rrtype Type
		value  string
		want   string // "" means Invalid
	}{
		"address":         {"as it is", A, "192.0.2.1", "192.0.2.1"},
		"spaces":          {"copied from somewhere", A, " 192.0.2.1 ", "192.0.2.1"},
		"short IPv6":      {"one form for every way to write it (RFC 5952)", AAAA, "2001:DB8:0:0::1", "2001:db8::1"},
		"service":         {"one space between, no final dot, lower case", SRV, "0  0 5061 SIP.Contoso.com.", "0 0 5061 sip.contoso.com"},
		"no service":      {"a target of . says that the service is not offered (RFC 2782)", SRV, "0 0 0 .", "0 0 0 ."},
		"leading zeros":   {"numbers are numbers", SRV, "00 0 05061 sip.contoso.com", "0 0 5061 sip.contoso.com"},
		"IPv6 in A":       {"the type does not fit", A, "2001:db8::1", ""},
		"IPv4 in AAAA":    {"the type does not fit", AAAA, "192.0.2.1", ""},
		"mapped":          {"an IPv4 address in disguise belongs in an A record", AAAA, "::ffff:192.0.2.1", ""},
		"zone":            {"an address of one link is of no use to partners", AAAA, "fe80::1%eth0", ""},
		"name in A":       {"an alias is not an address", A, "sip.contoso.com", ""},
		"octal":           {"leading zeros are read differently by different programs", A, "192.0.02.1", ""},
		"three parts":     {"the weight is missing", SRV, "0 5061 sip.contoso.com", ""},
		"port too large":  {"ports have 16 bits", SRV, "0 0 65536 sip.contoso.com", ""},
		"negative":        {"no such priority", SRV, "-1 0 5061 sip.contoso.com", ""},
		"bad target":      {"a host name is wanted", SRV, "0 0 5061 sip_.contoso..com", ""},
		"unsupported":     {"the type is never written", Type("TXT"), "x", ""},
		"nothing at all":  {"an empty value", A, "", ""},
		"control in name": {"no control characters reach a zone", SRV, "0 0 5061 sip\x00.contoso.com", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseData(tc.rrtype, tc.value)
			if tc.want == "" {
				if !fault.Is(err, fault.Invalid) {
					t.Errorf("%s: got %q, %v, want Invalid", tc.reason, got, err)
				}
				return
			}
			if err != nil || got != tc.want {
				t.Errorf("%s: got %q, %v, want %q", tc.reason, got, err, tc.want)
			}
		})
	}
}

func FuzzParseData(f *testing.F) {
	for _, seed := range []string{"192.0.2.1", "2001:db8::1", "0 0 5061 sip.contoso.com", "0 0 0 .", "", "1 2 3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, rrtype := range []Type{A, AAAA, SRV} {
			once, err := ParseData(rrtype, value)
			if err != nil {
				continue
			}
			twice, err := ParseData(rrtype, once)
			if err != nil || twice != once {
				t.Errorf("%s %q became %q and then %q, %v", rrtype, value, once, twice, err)
			}
		}
	})
}

func TestNewSetIsCanonical(t *testing.T) {
	got, err := NewSet("SIP.contoso.com.", A, 300, "192.0.2.2", "192.0.2.1", "192.0.2.2")
	if err != nil {
		t.Fatal(err)
	}
	want := RRSet{Key: Key{"sip.contoso.com", A}, TTL: 300, Data: []string{"192.0.2.1", "192.0.2.2"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lower case, sorted, each once (-want +got):\n%s", diff)
	}
	if _, err := NewSet("sip..com", A, 300); !fault.Is(err, fault.Invalid) {
		t.Errorf("a bad name: got %v, want Invalid", err)
	}
	if _, err := NewSet("sip.contoso.com", A, 300, "x"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a bad value: got %v, want Invalid", err)
	}
}
