package controllers

import (
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/memory/signers"
)

// kerberosZone is a zone whose updates are signed with the account in the Secret "dns".
func kerberosZone() v1alpha1.DNSServer {
	return v1alpha1.DNSServer{Zone: "contoso.com", Address: "192.0.2.53:53", GSSTSIG: &v1alpha1.GSSTSIG{SecretRef: v1alpha1.LocalReference{Name: "dns"}}}
}

func kerberosAccount() map[string]string {
	return map[string]string{"username": "updater", "realm": "CONTOSO.COM", "password": swordfish}
}

func TestSignersAreKept(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(server *v1alpha1.DNSServer, account map[string]string)
		kept   bool
	}{
		"nothing changed": {"logging in costs round trips", func(*v1alpha1.DNSServer, map[string]string) {}, true},
		"other label":     {"what is no credential does not count", func(_ *v1alpha1.DNSServer, a map[string]string) { a["note"] = "rotated yearly" }, true},
		"rotated":         {"a rotated password counts at once", func(_ *v1alpha1.DNSServer, a map[string]string) { a["password"] = "changed" }, false},
		"other KDC":       {"so does another krb5.conf", func(_ *v1alpha1.DNSServer, a map[string]string) { a["krb5.conf"] = "[realms]" }, false},
		"other server":    {"a key is agreed with one server", func(s *v1alpha1.DNSServer, _ map[string]string) { s.Address = "192.0.2.54:53" }, false},
		"other name":      {"and under one name", func(s *v1alpha1.DNSServer, _ map[string]string) { s.GSSTSIG.ServerName = "dc1.contoso.com" }, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			stored := secret("dns", kerberosAccount())
			objects := fakeObjects(t, stored)
			held, keys := signers.New(time.Now), secrets{reader: objects, namespace: "lync"}
			before, err := signer(t.Context(), kerberosZone(), keys, held)
			must(t, err)
			server, account := kerberosZone(), kerberosAccount()
			c.change(&server, account)
			for key, value := range account {
				stored.Data[key] = []byte(value)
			}
			must(t, objects.Update(t.Context(), stored))
			after, err := signer(t.Context(), server, keys, held)
			must(t, err)
			if (before == after) != c.kept {
				t.Errorf("%s: kept %v, want %v", c.reason, before == after, c.kept)
			}
			tellsNoSecret(t, nil, held)
		})
	}
}

func TestSignersSayWhatIsMissing(t *testing.T) {
	cases := map[string]struct {
		reason string
		server v1alpha1.DNSServer
		data   map[string]string
		says   string
	}{
		"no realm":    {"Kerberos needs to know where tickets come from", kerberosZone(), map[string]string{"username": "u", "password": swordfish}, "Secret dns has no key realm"},
		"no password": {"one of the two is needed", kerberosZone(), map[string]string{"username": "u", "realm": "CONTOSO.COM"}, "neither key password nor keytab"},
		"no KDC": {"a krb5.conf that names no KDC", kerberosZone(), map[string]string{"username": "u", "realm": "CONTOSO.COM", "password": swordfish, "krb5.conf": "[libdefaults]"},
			"krb5.conf does not say where the realm's KDCs are; no record can be changed; add a [realms] section"},
		"neither way": {"an object from before the rule", v1alpha1.DNSServer{Zone: "contoso.com"}, nil, "neither tsigSecretRef nor gssTsig is given; no record can be changed; give the zone one of the two"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := signer(t.Context(), c.server, secrets{reader: fakeObjects(t, secret("dns", c.data)), namespace: "lync"}, signers.New(time.Now))
			tellsNoSecret(t, err)
			if err == nil || !strings.Contains(fault.Sentence(err), c.says) {
				t.Errorf("%s: %v, want %q", c.reason, err, c.says)
			}
		})
	}
}
