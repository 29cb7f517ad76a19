package kerberos_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/keytab"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos"
)

const good = "[libdefaults]\n default_realm = CONTOSO.COM # ours\n\n[realms]\n CONTOSO.COM = {\n  kdc = dc1\n  admin_server = dc1\n }\n[domain_realm]\n .contoso.com = CONTOSO.COM\n"

func TestConfigIsReadOrTold(t *testing.T) {
	cases := map[string]struct {
		reason string
		text   string
		says   string // "" means that it is read
	}{
		"ordinary":        {"as in every book", good, ""},
		"Windows":         {"line ends of Windows", strings.ReplaceAll(good, "\n", "\r\n"), ""},
		"realm on a line": {"the library's parser panics", "[libdefaults]\n default_realm = CONTOSO.COM\n[realms]\nCONTOSO.COM = { kdc = dc1 }\n", "line 4 of krb5.conf cannot be used"},
		"subsection":      {"the library's parser panics", "[realms]\nCONTOSO.COM = {\n kdc = dc1\n auth_to_local_names = {\n  nora = nora\n }\n}\n", "line 4 of krb5.conf cannot be used"},
		"no assignment":   {"within a realm", "[realms]\nCONTOSO.COM = {\n kdc = dc1\n swordfish\n kdc = dc2\n}\n", "line 4 of krb5.conf cannot be used"},
		"no boolean":      {"within the defaults", "# first\n\n[libdefaults]\n dns_lookup_kdc = swordfish\n rdns = false\n", "line 4 of krb5.conf cannot be used"},
		"brace alone":     {"nothing is open", "[realms]\n}\n", "line 2 of krb5.conf cannot be used"},
		"no realm":        {"a mapping to nothing", good + " swordfish\n" + good, "line 11 of krb5.conf cannot be used"},
		"options":         {"the library would believe the length", "[libdefaults]\n kdc_default_options = 0x00\n", "kdc_default_options of krb5.conf has not 32 bits"},
		"many bytes":      {"bounded", good + "#" + strings.Repeat("x", 32<<10), "more than the 32768 bytes in 1000 lines that are read"},
		"many lines":      {"bounded", good + strings.Repeat("\n", 1000), "more than the 32768 bytes in 1000 lines that are read"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			read, err := kerberos.ReadConfig("sign in at", "fe01", c.text)
			if c.says == "" {
				if err != nil || read.LibDefaults.DefaultRealm != "CONTOSO.COM" || len(read.Realms) != 1 || read.Realms[0].KDC[0] != "dc1:88" {
					t.Fatalf("%s: %+v, %v", c.reason, read, err)
				}
				return
			}
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "sign in at fe01: ") || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%s: %s %v, want Invalid with %q", c.reason, fault.KindOf(err), err, c.says)
			}
			if all := fmt.Sprintf("%s %#v", fault.Sentence(err), err); strings.Contains(all, "swordfish") {
				t.Errorf("a line is shown: %s", all)
			}
		})
	}
}

// FuzzConfig: whatever text a Secret holds, reading it gives a config or a fault, never a panic.
func FuzzConfig(f *testing.F) {
	f.Add(good)
	f.Add("[realms]\nA = {\n b = {\n c = d\n }\n}\n")
	f.Add("[realms]\nA = { kdc = b }")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := kerberos.ReadConfig("read", "x", text); err != nil && !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	})
}

// TestKeytabShowsNothing reads a keytab cut off at each place, and a keytab with each byte
// inverted. It looks for the key in every message and printed value.
func TestKeytabShowsNothing(t *testing.T) {
	keys := keytab.New()
	if err := keys.AddEntry("fedroute", "CONTOSO.COM", "swordfish", time.Unix(0, 0), 1, 18); err != nil {
		t.Fatal(err)
	}
	canary := keys.Entries[0].Key.KeyValue
	whole, err := keys.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := kerberos.ReadKeytab("read", "x", whole); err != nil || !bytes.Equal(got.Entries[0].Key.KeyValue, canary) {
		t.Fatalf("%v, %v", got, err)
	}
	refused := 0
	for n := range whole {
		flipped := bytes.Clone(whole)
		flipped[n] ^= 0xff
		for _, raw := range [][]byte{whole[:n], flipped} {
			_, err := kerberos.ReadKeytab("read", "x", raw)
			if err == nil {
				continue
			}
			refused++
			if all := fmt.Sprintf("%s|%+v|%#v|%v", fault.Sentence(err), err, err, errors.Unwrap(err)); shows(all, canary[:8]) || !fault.Is(err, fault.Invalid) {
				t.Errorf("byte %d: %s", n, all)
			}
		}
	}
	if refused < 20 {
		t.Fatalf("only %d were refused: the test looks at nothing", refused)
	}
	if _, err := kerberos.ReadKeytab("read", "x", make([]byte, 1<<20)); !fault.Is(err, fault.Invalid) {
		t.Errorf("a keytab without bounds: %v", err)
	}
}

// shows reports whether a text holds bytes in one of the ways that Go prints them.
func shows(text string, b []byte) bool {
	quoted := fmt.Sprintf("%q", b)
	decimal := fmt.Sprint(b)
	for _, form := range []string{string(b), hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b)), quoted[1 : len(quoted)-1], decimal[1 : len(decimal)-1]} {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}
