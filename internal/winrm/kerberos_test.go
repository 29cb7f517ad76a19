package winrm_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos/kdctest"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
)

// These tests do not check that tickets are right: test/interop does that with a real KDC.

func kerberos(kdc string) remote.Credentials {
	return remote.Credentials{Method: remote.Kerberos, Username: "fedroute", Password: password, Kerberos: &remote.KerberosConfig{
		Realm:    "CONTOSO.COM",
		Krb5Conf: "[libdefaults]\n default_realm = CONTOSO.COM\n[realms]\n CONTOSO.COM = {\n  kdc = " + kdc + "\n }\n",
	}}
}

func TestKerberosKeytabIsReadWithoutTrust(t *testing.T) {
	whole := kdctest.Start(t, "CONTOSO.COM", password, kdctest.Options{}).UserKeytab(t, "fedroute")
	h := newHost(t, echo)
	for n := 1; n < len(whole); n++ {
		c := kerberos("127.0.0.1:1")
		c.Password, c.Kerberos.Keytab = "", whole[:n]
		_, err := winrm.Dial(t.Context(), h.endpoint(), c, winrm.Options{})
		if kind := fault.KindOf(err); kind != fault.Invalid && kind != fault.Unreachable {
			t.Errorf("the first %d bytes: got %s: %v", n, kind, err)
		}
		if strings.Contains(fault.Sentence(err), "fedroute\x00") {
			t.Errorf("the error shows the keytab: %q", err)
		}
	}
}

func TestKerberosWithoutKDC(t *testing.T) {
	h := newHost(t, echo)
	_, err := winrm.Dial(t.Context(), h.endpoint(), kerberos("127.0.0.1:1"), winrm.Options{})
	if !fault.Is(err, fault.Unreachable) || !strings.Contains(err.Error(), "no KDC of the realm answers") {
		t.Errorf("got %s: %v", fault.KindOf(err), err)
	}
	if n := h.count("Create"); n != 0 {
		t.Errorf("%d envelopes went out unsigned", n)
	}
}

func TestKerberosWithSilentKDCIsBounded(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	h := newHost(t, echo)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = winrm.Dial(ctx, h.endpoint(), kerberos(silent.Addr().String()), winrm.Options{})
	if !fault.Is(err, fault.Unreachable) || !strings.Contains(err.Error(), "no answer in time") {
		t.Errorf("got %s: %v", fault.KindOf(err), err)
	}
}

// TestKDCThatWantsToEndUs: a tenant names a hostile KDC, which gives a ticket of two seconds and
// would answer its renewal with a ticket that names no client. The Kerberos library can renew
// tickets in a goroutine of its own, where it would panic on that answer. So no renewal may be
// asked for.
func TestKDCThatWantsToEndUs(t *testing.T) {
	hostile := kdctest.Start(t, "CONTOSO.COM", password, kdctest.Options{Life: 2 * time.Second, Spoil: kdctest.Nameless(kdctest.Renewal)})
	h := newHost(t, echo)
	h.signIn = func(http.ResponseWriter, *http.Request) bool { return true } // only the KDC matters here
	w, err := winrm.Dial(t.Context(), h.endpoint(), kerberos(hostile.Address), winrm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close(context.Background()) }()
	for deadline := time.Now().Add(3 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if n := hostile.Asked(kdctest.Renewal); n != 0 {
			t.Fatalf("%d renewals that nobody wanted", n)
		}
	}
}

// TestLanesSignInSideBySide: while one lane waits for output with the request that signed it in, the
// other can sign in.
func TestLanesSignInSideBySide(t *testing.T) {
	h := newHost(t, echo)
	h.signIn = func(http.ResponseWriter, *http.Request) bool { return true }
	waiting, over := make(chan struct{}), make(chan struct{})
	h.interfere(func(w http.ResponseWriter, action string) bool {
		if action == "Receive" {
			close(waiting)
			<-over
		}
		envelope(w, action, "")
		return true
	})
	k := kdctest.Start(t, "CONTOSO.COM", password, kdctest.Options{})
	c, err := winrm.Connect(h.endpoint(), kerberos(k.Address), winrm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ended := make(chan error, 1)
	go func() { _, err := c.Await(t.Context(), asking("Receive")); ended <- err }()
	select {
	case <-waiting:
	case err := <-ended:
		t.Fatalf("the waiting lane: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	defer close(over)
	if _, err := c.Exchange(ctx, asking("Send")); err != nil {
		t.Errorf("the other lane: %v", err)
	}
}
