package sim

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/keytab"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

// keysOf makes a keytab with the HTTP principals of machines.
func keysOf(t *testing.T, machines ...string) []byte {
	t.Helper()
	keys := keytab.New()
	for _, m := range machines {
		must(t, keys.AddEntry("HTTP/"+m, "AD.CONTOSO.COM", "machine", time.Now(), 1, etypeID.AES256_CTS_HMAC_SHA1_96))
	}
	raw, err := keys.Marshal()
	must(t, err)
	return raw
}

func startWith(t *testing.T, keys []byte) (*Organization, error) {
	t.Helper()
	spec, err := farm.Load(filepath.Join(samples, "one-site-two-pools.yaml"))
	must(t, err)
	o, err := Start(t.Context(), Config{Spec: spec, SignIn: SignIn{Keytab: keys}})
	if err == nil {
		t.Cleanup(o.Close)
	}
	return o, err
}

func TestMachinesOfTheKeytabAreJoined(t *testing.T) {
	o, err := startWith(t, keysOf(t, "fe1.contoso.com", "fe2.contoso.com", "edge1.contoso.com"))
	must(t, err)
	cases := map[string]struct {
		reason, machine, domain string
		want                    bool
	}{
		"realm":       {"the realm is a name of the domain", "fe1.contoso.com", "AD.CONTOSO.COM", true},
		"other realm": {"which is another one", "fe1.contoso.com", "AD.FABRIKAM.COM", false},
		"perimeter":   {"an Edge server with keys is joined", "edge1.contoso.com", "AD.CONTOSO.COM", true},
		"workgroup":   {"one without is not", "edge2.contoso.com", "AD.CONTOSO.COM", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m, err := o.machine(c.machine)
			must(t, err)
			if _, ok := m.Lookup("lyncadmin", c.domain); ok != c.want {
				t.Errorf("%s: found %t", c.reason, ok)
			}
		})
	}
}

func TestKeytabThatCannotWork(t *testing.T) {
	cases := map[string]struct {
		reason string
		keys   []byte
		says   string
	}{
		"incomplete": {"a machine of the domain would take no tickets", keysOf(t, "fe1.contoso.com"), "no keys of HTTP/fe2.contoso.com; add them"},
		"garbage":    {"what is no keytab", []byte("keys"), "the keytab"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := startWith(t, c.keys); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: got %v, want %q", c.reason, err, c.says)
			}
		})
	}
}

// TestSetPassword: accounts of one name on several machines are as many accounts.
func TestSetPassword(t *testing.T) {
	o := newOrganization(t, "enterprise-second-hop.yaml", nil)
	must(t, o.SetPassword("administrator", "another"))
	for _, machine := range []string{"edge1.litware.com", "edge2.litware.com"} {
		m, err := o.machine(machine)
		must(t, err)
		if a, ok := m.Lookup("Administrator", ""); !ok || a.Password != "another" {
			t.Errorf("on %s the new password is not in force: %t", machine, ok)
		}
	}
	if err := o.SetPassword("nobody", ""); err == nil || !strings.Contains(err.Error(), "nobody is called") {
		t.Errorf("got %v", err)
	}
}

func TestReplaceAccount(t *testing.T) {
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	m, err := o.machine("fe1.contoso.com")
	must(t, err)
	must(t, o.ReplaceAccount(`contoso\LyncAdmin`, farm.Account{Name: `CONTOSO\lyncadmin`, Password: "another"}))
	if a, ok := m.Lookup("lyncadmin", "CONTOSO"); !ok || a.Password != "another" {
		t.Errorf("the new password is not in force: %t", ok)
	}
	must(t, o.ReplaceAccount(`CONTOSO\lyncadmin`, farm.Account{Name: `CONTOSO\fedroute`, Password: "third"}))
	if _, ok := m.Lookup("lyncadmin", "CONTOSO"); ok {
		t.Error("the old account is still there")
	}
	if err := o.ReplaceAccount(`CONTOSO\nobody`, farm.Account{}); err == nil || !strings.Contains(err.Error(), "nobody is called") {
		t.Errorf("got %v", err)
	}
}
