//go:build interop

package dns_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/test/support/kdc"
	"github.com/fedroute/fedroute/test/support/nameserver"
)

const realm = "CONTOSO.TEST"

// startRealm runs a KDC with two users, a robot with a keytab, and the DNS
// server's principal in server.keytab.
func startRealm(t *testing.T) (k *kdc.KDC, serverKeytab string) {
	t.Helper()
	k = kdc.Start(t, realm, kdc.Options{})
	k.User(t, "updater", "open-sesame")
	k.User(t, "stranger", "open-sesame")
	k.Service(t, "robot")
	k.Service(t, "DNS/ns1.contoso.test")
	return k, k.File(k.KeytabFile(t, "DNS/ns1.contoso.test"))
}

// startSecureBIND starts a BIND that accepts updates of Kerberos users only.
func startSecureBIND(t *testing.T, keytab, addr string) nameserver.Server {
	t.Helper()
	return nameserver.StartBIND(t, nameserver.BINDOptions{
		Options:    nameserver.Options{Addr: addr},
		Statements: fmt.Sprintf("tkey-gssapi-keytab %q;", keytab),
		Policy:     "grant updater@CONTOSO.TEST zonesub ANY; grant robot@CONTOSO.TEST subdomain robot.contoso.test. ANY;",
	})
}

// gssWriter signs as a user. It reaches the server by address. The server's name is only in
// its principal.
func gssWriter(t *testing.T, s nameserver.Server, k rfc2136.Kerberos) *rfc2136.Writer {
	t.Helper()
	w, err := newGSSWriter(s, k)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func newGSSWriter(s nameserver.Server, k rfc2136.Kerberos) (*rfc2136.Writer, error) {
	if k.Host == "" {
		k.Host = "ns1.contoso.test"
	}
	k.Realm = realm
	signer, err := rfc2136.GSS(k)
	if err != nil {
		return nil, err
	}
	return rfc2136.NewWriter(s.Config(), signer)
}

func TestKerberos(t *testing.T) {
	t.Attr("case", "GSS-TSIG with password and keytab; a restarted server gets a new context")
	t.Attr("with", "bind9 krb5-kdc")
	realm, keytab := startRealm(t)
	s := startSecureBIND(t, keytab, "")
	r := newReader(t, s.Config())
	w := gssWriter(t, s, rfc2136.Kerberos{Username: "updater", Password: "open-sesame", Config: realm.Conf})
	host := newSet(t, "sip.contoso.test", dns.A, 60, "192.0.2.20")
	service := newSet(t, "_xmpp-server._tcp.contoso.test", dns.SRV, 60, "0 0 5269 sip.contoso.test")
	for _, want := range [][]dns.RRSet{{host, service}, {newSet(t, "sip.contoso.test", dns.A, 60, "192.0.2.30")}, {host}} {
		before := time.Now()
		if err := moveTo(t.Context(), r, w, want...); err != nil {
			t.Fatal(fault.Sentence(err))
		}
		t.Logf("%s in %s", want, time.Since(before).Round(time.Millisecond))
		mustBePublished(t, r, want...)
	}

	s.Stop()
	s = startSecureBIND(t, keytab, s.Addr)
	if err := moveTo(t.Context(), r, w, host); err != nil {
		t.Errorf("a restarted server has forgotten the context, a new one is agreed on: %s", fault.Sentence(err))
	}
	mustBePublished(t, r, host)

	robot := gssWriter(t, s, rfc2136.Kerberos{Username: "robot", Keytab: realm.Keytab(t, "robot"), Config: realm.Conf})
	own := newSet(t, "a.robot.contoso.test", dns.A, 60, "192.0.2.40")
	if err := moveTo(t.Context(), r, robot, own); err != nil {
		t.Errorf("with a keytab: %s", fault.Sentence(err))
	}
	if err := moveTo(t.Context(), r, robot, newSet(t, "sip.contoso.test", dns.A, 60, "192.0.2.50")); !fault.Is(err, fault.Refused) {
		t.Errorf("another user's name: got %v, want Refused", err)
	}
}

func TestKerberosRefusals(t *testing.T) {
	realm, keytab := startRealm(t)
	s := startSecureBIND(t, keytab, "")
	closed := strings.Replace(realm.Conf, "kdc = 127.0.0.1", "kdc = 127.0.0.77", 1)
	cases := map[string]struct {
		who  rfc2136.Kerberos
		want fault.Kind
	}{
		"wrong password": {rfc2136.Kerberos{Username: "updater", Password: "wrong", Config: realm.Conf}, fault.Denied},
		"no such user":   {rfc2136.Kerberos{Username: "nobody", Password: "open-sesame", Config: realm.Conf}, fault.Denied},
		"not a keytab":   {rfc2136.Kerberos{Username: "robot", Keytab: []byte("nonsense"), Config: realm.Conf}, fault.Invalid},
		"no such server": {rfc2136.Kerberos{Username: "updater", Password: "open-sesame", Config: realm.Conf, Host: "ns9.contoso.test"}, fault.Invalid},
		"no rights":      {rfc2136.Kerberos{Username: "stranger", Password: "open-sesame", Config: realm.Conf}, fault.Refused},
		"KDC down":       {rfc2136.Kerberos{Username: "updater", Password: "open-sesame", Config: closed}, fault.Unreachable},
	}
	change := []dns.Change{{From: newSet(t, "new.contoso.test", dns.A, 0), To: newSet(t, "new.contoso.test", dns.A, 60, "192.0.2.1")}}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Attr("case", "GSS-TSIG: "+name+" is told by its kind, without the password")
			t.Attr("with", "bind9 krb5-kdc")
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			w, err := newGSSWriter(s, tc.who)
			if err == nil {
				t.Cleanup(func() { _ = w.Close() })
				err = w.Write(ctx, change, dns.Always)
			}
			if got := fault.KindOf(err); got != tc.want {
				t.Errorf("got %q (%v), want %q", got, err, tc.want)
			}
			if err != nil && strings.Contains(err.Error(), "open-sesame") {
				t.Errorf("the message shows the password: %v", err)
			}
			t.Log(fault.Sentence(err))
		})
	}
}
