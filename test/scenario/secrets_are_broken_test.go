package scenario_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/keytab"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// canary is a text in every secret of this story. Half of its bytes are not printable, so a
// program that escapes it prints another text.
var canary = []byte("C4n\x01ry\xfe-\x80Sw\x1brdf\xc3sh")

// printable is the canary for values that must be text.
const printable = "Swordf1shCanary"

// forms are the ways in which a program may print bytes.
func forms(b []byte) []string {
	quoted, decimal := fmt.Sprintf("%q", b), fmt.Sprint(b)
	text, _ := json.Marshal(string(b))
	out := []string{string(b), hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b)), fmt.Sprintf("% x", b),
		quoted[1 : len(quoted)-1], decimal[1 : len(decimal)-1], string(text[1 : len(text)-1]), strings.ReplaceAll(decimal[1:len(decimal)-1], " ", ",")}
	for shift := range 3 { // only the middle of a longer text depends on b alone
		whole := base64.StdEncoding.EncodeToString(append(make([]byte, shift), b...))
		out = append(out, whole[(shift*8+5)/6:(shift+len(b))*8/6])
	}
	return out
}

// keytabOf is a keytab whose key is the canary.
func keytabOf(t *testing.T) []byte {
	t.Helper()
	keys := keytab.New()
	if err := keys.AddEntry("fedroute", "CONTOSO.COM", "x", time.Unix(0, 0), 1, 18); err != nil {
		t.Fatal(err)
	}
	keys.Entries[0].Key.KeyValue = bytes.Repeat(canary, 2)[:32]
	whole, err := keys.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

const oneLineRealm = "[libdefaults]\n default_realm = CONTOSO.COM\n[realms]\nCONTOSO.COM = { kdc = 127.0.0.1:1 }\n"

// TestSecretsAreBroken stores Secrets for some objects on which libraries panic, or which
// libraries quote in their errors. The manager must report these objects, serve the others,
// and write no byte of a key anywhere. That includes its log at the lowest level.
func TestSecretsAreBroken(t *testing.T) {
	s := lonely(t, sampleFarm(t, "one-site-two-pools"))
	whole := keytabOf(t)
	kerberos := func(more map[string][]byte) map[string][]byte {
		out := map[string][]byte{"username": []byte("fedroute"), "realm": []byte("CONTOSO.COM")}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	cases := map[string]struct {
		method v1alpha1.AuthenticationMethod
		data   map[string][]byte
		reason string
		says   string
	}{
		"realm-on-one-line": {v1alpha1.AuthKerberos, kerberos(map[string][]byte{"password": []byte(printable), "krb5.conf": []byte(oneLineRealm)}), v1alpha1.ReasonInvalid, "line 4 of krb5.conf cannot be used"},
		"line-with-secret":  {v1alpha1.AuthKerberos, kerberos(map[string][]byte{"password": []byte(printable), "krb5.conf": []byte("[libdefaults]\n " + printable + "\n")}), v1alpha1.ReasonInvalid, "line 2 of krb5.conf cannot be used"},
		"keytab-cut":        {v1alpha1.AuthKerberos, kerberos(map[string][]byte{"keytab": whole[:len(whole)-6]}), v1alpha1.ReasonInvalid, "the keytab cannot be read"},
		"keytab-corrupt":    {v1alpha1.AuthKerberos, kerberos(map[string][]byte{"keytab": append([]byte{5, 2, 0, 0, 0xff, 0xff}, canary...)}), v1alpha1.ReasonInvalid, "the keytab cannot be read"},
		"certificate-cut": {v1alpha1.AuthCertificate, map[string][]byte{corev1.TLSCertKey: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: canary}),
			corev1.TLSPrivateKeyKey: pem.EncodeToMemory(&pem.Block{Type: printable, Bytes: canary})}, v1alpha1.ReasonInvalid, "tls.crt begins with no certificate"},
		"key-is-another": {v1alpha1.AuthCertificate, map[string][]byte{corev1.TLSCertKey: s.org.CA().CertPEM(),
			corev1.TLSPrivateKeyKey: pem.EncodeToMemory(&pem.Block{Type: printable, Bytes: canary})}, v1alpha1.ReasonInvalid, "tls.key holds no private key in PEM"},
		"key-cut": {v1alpha1.AuthCertificate, map[string][]byte{corev1.TLSCertKey: s.org.CA().CertPEM(),
			corev1.TLSPrivateKeyKey: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: canary})}, v1alpha1.ReasonInvalid, "the private key in tls.key cannot be read"},
		"password-wrong": {v1alpha1.AuthNTLM, map[string][]byte{"username": []byte(`CONTOSO\nobody`), "password": canary}, v1alpha1.ReasonDenied, "were not accepted"},
	}
	for name, c := range cases {
		s.create(&corev1.Secret{ObjectMeta: s.named(name), Data: c.data})
		lt := s.topology()
		lt.ObjectMeta = s.named(name)
		lt.Spec.Management.Accounts = v1alpha1.Accounts{Authentication: v1alpha1.Authentication{Method: c.method, SecretRef: v1alpha1.LocalReference{Name: name}}}
		s.create(lt)
	}
	m := s.hire("--log-level", "DEBUG") // the largest value that the flag allows
	for name, c := range cases {
		s.topologySays(name, c.reason, c.says)
	}
	r := s.brokenUpdateKeys(whole)
	s.settled(r)
	s.hosts("edge2.contoso.com")

	s.must(m.Process.Kill())
	m.leave(s)
	s.showsNoCanary(m.log.String())
}

// brokenUpdateKeys gives the route's zone one unusable key after another, and the right key
// at the end.
func (s *story) brokenUpdateKeys(whole []byte) *v1alpha1.FederationRoute {
	s.Helper()
	tsig := s.dnsSecret()
	s.store("dns-key", map[string]string{"secret": "!" + base64.StdEncoding.EncodeToString(canary)})
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonInvalid, "its secret is not base64")
	for name, c := range map[string]struct {
		data map[string][]byte
		says string
	}{
		"updates-cut":  {map[string][]byte{"keytab": whole[:len(whole)-6], "krb5.conf": []byte(strings.Replace(oneLineRealm, "{ kdc = 127.0.0.1:1 }", "{\n kdc = 127.0.0.1:1\n}", 1))}, "the keytab cannot be read"},
		"updates-line": {map[string][]byte{"password": []byte(printable), "krb5.conf": []byte(oneLineRealm)}, "line 4 of krb5.conf cannot be used"},
	} {
		c.data["username"], c.data["realm"] = []byte("fedroute"), []byte("CONTOSO.COM")
		s.create(&corev1.Secret{ObjectMeta: s.named(name), Data: c.data})
		change(s, r, func(r *v1alpha1.FederationRoute) {
			for i := range r.Spec.DNS.Servers {
				r.Spec.DNS.Servers[i].TSIGSecretRef, r.Spec.DNS.Servers[i].GSSTSIG = nil, &v1alpha1.GSSTSIG{SecretRef: v1alpha1.LocalReference{Name: name}, ServerName: "ns1.contoso.com"}
			}
		})
		s.says(r, v1alpha1.ReasonInvalid, c.says)
	}
	change(s, r, func(r *v1alpha1.FederationRoute) {
		for i := range r.Spec.DNS.Servers {
			r.Spec.DNS.Servers[i].TSIGSecretRef, r.Spec.DNS.Servers[i].GSSTSIG = &v1alpha1.LocalReference{Name: "dns-key"}, nil
		}
	})
	s.says(r, v1alpha1.ReasonInvalid, "its secret is not base64")
	s.store("dns-key", tsig)
	return r
}

// topologySays waits until a LyncTopology is not Ready for the reason.
func (s *story) topologySays(name, reason, text string) {
	s.Helper()
	var lt v1alpha1.LyncTopology
	s.eventually(name+" saying "+reason+": "+text, func() bool {
		s.must(objects.Get(s.ctx, client.ObjectKey{Namespace: s.namespace, Name: name}, &lt))
		c := meta.FindStatusCondition(lt.Status.Conditions, v1alpha1.ConditionReady)
		return c != nil && c.Reason == reason && strings.Contains(c.Message, text)
	}, func() string { return fmt.Sprintf("%+v", lt.Status.Conditions) })
}

// showsNoCanary searches everything that the manager has written for the canaries.
func (s *story) showsNoCanary(log string) {
	s.Helper()
	if !strings.Contains(log, `"msg":"remote call"`) {
		s.Error("the log does not reach down to each remote call: the search proves nothing")
	}
	written := map[string]string{"the log": log}
	for name, list := range map[string]client.ObjectList{"routes": &v1alpha1.FederationRouteList{}, "topologies": &v1alpha1.LyncTopologyList{}, "events": &eventsv1.EventList{}} {
		s.must(objects.List(context.Background(), list, client.InNamespace(s.namespace)))
		text, err := json.Marshal(list)
		s.must(err)
		written[name] = string(text)
	}
	for where, text := range written {
		for _, secret := range [][]byte{canary[:9], canary[9:], []byte(printable)} {
			for _, form := range forms(secret) {
				if at := strings.Index(text, form); at >= 0 {
					s.Errorf("%s show a secret as %q: …%s…", where, form, text[max(0, at-200):min(len(text), at+200)])
				}
			}
		}
	}
}
