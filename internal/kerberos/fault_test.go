package kerberos_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos"
	"github.com/fedroute/fedroute/internal/kerberos/kdctest"
)

func TestFaultsTellWhatToCorrect(t *testing.T) {
	k := kdctest.Start(t, home, password, kdctest.Options{})
	conf := kdctest.Conf(k)
	cases := map[string]struct {
		reason string
		who    kerberos.User
		kind   fault.Kind
		says   string
	}{
		"wrong password":  {"the KDC finds out", kerberos.User{Name: "fedroute", Realm: home, Password: "swordfish", Config: conf}, fault.Denied, "the password or keytab is wrong"},
		"another's keys":  {"the keytab is of somebody else", kerberos.User{Name: "fedroute", Realm: home, Keytab: k.UserKeytab(t, "swordfish"), Config: conf}, fault.Invalid, "the keytab has no key"},
		"realm elsewhere": {"krb5.conf has other realms only", kerberos.User{Name: "fedroute", Realm: "SWORDFISH", Password: password, Config: conf}, fault.Unreachable, "no KDC of the realm is known"},
		"nobody there":    {"the port is closed", kerberos.User{Name: "fedroute", Realm: home, Password: "swordfish", Config: strings.ReplaceAll(conf, k.Address, "127.0.0.1:1")}, fault.Unreachable, "no KDC of the realm answers"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.who.Config = strings.Replace(c.who.Config, "[realms]", " dns_lookup_kdc = false\n[realms]", 1)
			_, _, err := client(t, c.who).Initiate(t.Context(), service, kerberos.Terms{Negotiate: true})
			if err == nil {
				t.Fatalf("%s: a token was made", c.reason)
			}
			if !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: got %s: %s; want %s with %q", c.reason, fault.KindOf(err), fault.Sentence(err), c.kind, c.says)
			}
			if all := fmt.Sprintf("%s %#v %v %v", fault.Sentence(err), err, errors.Unwrap(err), c.who); strings.Contains(all, "swordfish") {
				t.Errorf("a secret is shown: %s", all)
			}
		})
	}
}

// TestWhoWaitsMayLeave: a KDC that never answers holds no caller beyond the end of its context.
// That is so for the caller that asks the KDC, and for a second one that waits for the first.
func TestWhoWaitsMayLeave(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	held := client(t, user("[realms]\n"+home+" = {\n kdc = "+silent.Addr().String()+"\n}\n"))
	asking, stop := context.WithCancel(t.Context())
	asked := make(chan error, 1)
	go func() {
		_, _, err := held.Initiate(asking, service, kerberos.Terms{Negotiate: true})
		asked <- err
	}()
	conn, err := silent.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	waiting, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, _, err := held.Initiate(waiting, service, kerberos.Terms{Negotiate: true}); !fault.Is(err, fault.Unreachable) {
		t.Errorf("who waits: %v", err)
	}
	stop()
	if err := <-asked; !fault.Is(err, fault.Unreachable) || !strings.Contains(err.Error(), "no KDC answered in time") {
		t.Errorf("who asks: %v", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("both were held for %s", took)
	}
}
