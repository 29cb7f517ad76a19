//go:build interop

package winrm_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/wsman"
	"github.com/fedroute/fedroute/lyncsim/wsman/kerberos"
	"github.com/fedroute/fedroute/test/support/kdc"
)

const realm = "CONTOSO.COM"

// startRealm runs a KDC with a user and the machine's own principal.
func startRealm(t *testing.T) *kdc.KDC {
	t.Helper()
	k := kdc.Start(t, realm, kdc.Options{})
	k.User(t, "fedroute", "correct")
	k.Service(t, principal)
	return k
}

func newKerberosHost(t *testing.T, k *kdc.KDC) *workerHost {
	t.Helper()
	accept, err := kerberos.New(k.Keytab(t, principal), []string{principal})
	if err != nil {
		t.Fatal(err)
	}
	return newWorkerHost(t, func(c *wsman.Config) {
		c.Kerberos = accept
		c.Methods = []wsman.Method{wsman.Negotiate}
		c.Accounts = people{{Name: "fedroute", Domain: realm, Groups: []identity.Group{{SID: identity.Administrators}}}}
	})
}

func TestWorkerOverKerberos(t *testing.T) {
	k := startRealm(t)
	h := newKerberosHost(t, k)
	config := func(change func(*remote.Credentials)) remote.Credentials {
		c := remote.Credentials{Method: remote.Kerberos, Username: "fedroute", Password: "correct",
			Kerberos: &remote.KerberosConfig{Realm: realm, Krb5Conf: k.Conf}}
		change(&c)
		return c
	}
	cases := map[string]struct {
		reason      string
		credentials remote.Credentials
		kind        fault.Kind
		cause       string
		spn         string
	}{
		"password":        {"the usual", config(func(*remote.Credentials) {}), "", "", ""},
		"keytab":          {"no password at all", config(func(c *remote.Credentials) { c.Password, c.Kerberos.Keytab = "", k.Keytab(t, "fedroute") }), "", "", ""},
		"wrong password":  {"the KDC finds out", config(func(c *remote.Credentials) { c.Password = "wrong" }), fault.Denied, "password or key", ""},
		"unknown user":    {"the KDC has no such principal", config(func(c *remote.Credentials) { c.Username = "who" }), fault.Denied, "does not know the user", ""},
		"unknown service": {"the host has no such name", config(func(*remote.Credentials) {}), fault.Denied, "HTTP/fe99.contoso.com", "HTTP/fe99.contoso.com"},
		"no KDC": {"nobody answers", config(func(c *remote.Credentials) {
			c.Kerberos.Krb5Conf = strings.ReplaceAll(k.Conf, "kdc = 127.0.0.1", "kdc = 127.0.0.77")
		}), fault.Unreachable, "no KDC", ""},
		"broken keytab": {"told without its bytes", config(func(c *remote.Credentials) { c.Kerberos.Keytab = k.Keytab(t, "fedroute")[:40] }), fault.Invalid, "keytab cannot be read", ""},
		"broken conf":   {"told before the wire", config(func(c *remote.Credentials) { c.Kerberos.Krb5Conf = "[libdefaults]\n nonsense\n" }), fault.Invalid, "krb5.conf", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Attr("case", "Worker, Kerberos, "+name+": "+c.reason)
			t.Attr("with", "krb5-kdc")
			before := h.Counters()
			as, tgs := k.Asked("AS_REQ"), k.Asked("TGS_REQ")
			at := h.endpoint()
			at.SPN = c.spn
			w, err := winrm.Dial(t.Context(), at, c.credentials, winrm.Options{})
			if fault.KindOf(err) != c.kind || err != nil && !strings.Contains(err.Error(), c.cause) {
				t.Fatalf("%s: got %s: %v; want %s with %q", c.reason, fault.KindOf(err), err, c.kind, c.cause)
			}
			if err != nil {
				return
			}
			for range 20 {
				if _, err := w.Call(t.Context(), remote.Request{Name: "Echo", Script: "echo"}); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if cost := h.Counters().Minus(before); cost.Connections != 2 || cost.Unauthorized != 0 {
				t.Errorf("%d connections and %d times 401; want 2 and none", cost.Connections, cost.Unauthorized)
			}
			// With a password the first AS exchange asks which key to derive.
			if as, tgs := k.Asked("AS_REQ")-as, k.Asked("TGS_REQ")-tgs; as > 2 || tgs != 1 {
				t.Errorf("%d AS and %d TGS exchanges for 20 calls; want at most 2 and 1", as, tgs)
			}
		})
	}
}

func TestKerberosWorkersLeaveNothingBehind(t *testing.T) {
	t.Attr("case", "Ten workers over Kerberos leave no goroutine behind")
	t.Attr("with", "krb5-kdc")
	k := startRealm(t)
	h := newKerberosHost(t, k)
	before := runtime.NumGoroutine()
	for range 10 {
		w := h.dial(t, remote.Credentials{Method: remote.Kerberos, Username: "fedroute", Password: "correct",
			Kerberos: &remote.KerberosConfig{Realm: realm, Krb5Conf: k.Conf}})
		if err := w.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(20 * time.Second); runtime.NumGoroutine() > before+2; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines more after 10 workers", runtime.NumGoroutine()-before)
		}
	}
}
