package rfc2136

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

func TestConfigRejects(t *testing.T) {
	tests := map[string]struct {
		reason string
		config Config
	}{
		"no server":       {"nobody to ask", Config{}},
		"bad port":        {"ports are numbers", Config{Server: "ns1.contoso.com:dns"}},
		"port 0":          {"no such port", Config{Server: "ns1.contoso.com:0"}},
		"bad secondary":   {"checked like the primary", Config{Server: "192.0.2.1", Secondaries: []string{":53"}}},
		"bad zone":        {"no such name", Config{Server: "192.0.2.1", Zone: "contoso..com"}},
		"other discovery": {"no such way", Config{Server: "192.0.2.1", Discovery: "Everything"}},
	}
	for name, tc := range tests {
		if _, err := NewReader(tc.config); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s, %s: got %v, want Invalid", name, tc.reason, err)
		}
		if _, err := NewWriter(tc.config, hmacSigner{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s, %s: a writer got %v, want Invalid", name, tc.reason, err)
		}
	}
}

// TestConfigDefaults: what the spec leaves out is what the reference says, and what it says stays.
func TestConfigDefaults(t *testing.T) {
	for _, c := range []struct{ given, want Config }{
		{Config{Server: "ns1"}, Config{NSPort: 53, Timeout: 5 * time.Second, Budget: 20 * time.Second}},
		{Config{Server: "ns1", Timeout: -1, Budget: -1}, Config{NSPort: 53, Timeout: 5 * time.Second, Budget: 20 * time.Second}},
		{Config{Server: "ns1", NSPort: 5353, Timeout: 1, Budget: 2}, Config{NSPort: 5353, Timeout: 1, Budget: 2}},
	} {
		got, err := c.given.complete()
		if err != nil || got.NSPort != c.want.NSPort || got.Timeout != c.want.Timeout || got.Budget != c.want.Budget || got.Now == nil || got.Dial == nil || got.Turn == nil {
			t.Errorf("%+v became %+v, %v", c.given, got, err)
		}
	}
}

func TestServerWithoutPort(t *testing.T) {
	for address, want := range map[string]string{
		"ns1.contoso.com": "ns1.contoso.com:53", "192.0.2.1": "192.0.2.1:53", "192.0.2.1:5353": "192.0.2.1:5353",
		"2001:db8::1": "[2001:db8::1]:53", "[2001:db8::1]:5353": "[2001:db8::1]:5353",
	} {
		c, err := Config{Server: address}.complete()
		if err != nil || c.Server != want {
			t.Errorf("%s: got %q, %v, want %q", address, c.Server, err, want)
		}
	}
}

func TestWriterNeedsAKey(t *testing.T) {
	if _, err := NewWriter(Config{Server: "192.0.2.1"}, nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v, want Invalid", err)
	}
	tests := map[string]struct {
		reason string
		key    TSIG
	}{
		"MD5":       {"broken", TSIG{Name: "k", Algorithm: "hmac-md5", Secret: "c2VjcmV0"}},
		"no name":   {"the server finds keys by name", TSIG{Secret: "c2VjcmV0"}},
		"no secret": {"nothing to sign with", TSIG{Name: "k"}},
		"no base64": {"a secret as it was typed", TSIG{Name: "k", Secret: "s3cr3t!"}},
	}
	for name, tc := range tests {
		_, err := HMAC(tc.key)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s, %s: got %v, want Invalid", name, tc.reason, err)
		}
		if tc.key.Secret != "" && strings.Contains(fmt.Sprint(err), tc.key.Secret) {
			t.Errorf("%s: the message shows the secret: %v", name, err)
		}
	}
}

func TestNothingPrintsTheSecret(t *testing.T) {
	key := TSIG{Name: "k", Secret: "c2VjcmV0LXNlY3JldA=="}
	signer, err := HMAC(key)
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewWriter(Config{Server: "192.0.2.1"}, signer)
	if err != nil {
		t.Fatal(err)
	}
	who := Kerberos{Realm: "CONTOSO.COM", Username: "updater", Password: "secret-secret", Config: "[realms]"}
	gss, err := GSS(who)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{key, &key, signer, w, who, &who, gss} {
			text := fmt.Sprintf(verb, v)
			for _, secret := range []string{key.Secret, "secret-secret", fmt.Sprintf("%x", "secret-secret"), fmt.Sprintf("%x", key.Secret), fmt.Sprint([]byte("secret-secret"))} {
				if strings.Contains(text, secret) {
					t.Errorf("%s of %T shows the secret: %s", verb, v, text)
				}
			}
		}
	}
}

func TestReadOfNothingAsksNobody(t *testing.T) {
	r, err := NewReader(Config{Server: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := r.Read(t.Context(), nil); err != nil || len(found) != 0 {
		t.Errorf("got %v, %v", found, err)
	}
	for _, key := range []dns.Key{{Name: "sip..com", Type: dns.A}, {Name: "sip.contoso.com", Type: "MX"}} {
		if _, err := r.Read(t.Context(), []dns.Key{key}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v, want Invalid", key, err)
		}
	}
}
