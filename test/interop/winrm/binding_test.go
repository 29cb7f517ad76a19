package winrm_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// TestSignInIsBoundToTheConnection: a host that demands a channel binding lets the worker in, and
// notices somebody who passes the sign-in on from another TLS connection.
func TestSignInIsBoundToTheConnection(t *testing.T) {
	for _, method := range sealing {
		for _, level := range []wsman.BindingLevel{wsman.BindingRelaxed, wsman.BindingStrict} {
			t.Run(string(method)+", "+string(level), func(t *testing.T) {
				who, accept := over(t, method)
				h := newWorkerHost(t, func(c *wsman.Config) { accept(c); c.ChannelBinding = level })
				w := h.dial(t, who)
				if _, err := w.Call(t.Context(), remote.Request{Name: "Echo", Script: "echo"}); err != nil {
					t.Error(err)
				}
				at := h.endpoint()
				at.URL = "https://" + relay(t, h) + "/wsman"
				if _, err := winrm.Dial(t.Context(), at, who, winrm.Options{}); !fault.Is(err, fault.Denied) {
					t.Errorf("through somebody with a certificate of the same name: %s: %v; want Denied", fault.KindOf(err), err)
				}
			})
		}
	}
}

// relay passes everything on to the host, with another certificate that the worker trusts.
func relay(t *testing.T, h *workerHost) string {
	t.Helper()
	leaf, err := h.ca.Issue(pki.Request{CommonName: workerMachine, DNSNames: []string{workerMachine}})
	if err != nil {
		t.Fatal(err)
	}
	shown, err := leaf.TLS()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{shown}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := tls.Dial("tcp", h.Address(), &tls.Config{MinVersion: tls.VersionTLS12, ServerName: workerMachine, RootCAs: h.ca.Pool()})
			if err != nil {
				_ = near.Close()
				continue
			}
			go join(near, far)
			go join(far, near)
		}
	}()
	return listener.Addr().String()
}

func join(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
}

// TestAnotherAccountOwnsTheName: on a Standard Edition server the account of Lync's web services
// owns HTTP/<server>, and tickets for that name are of no use for WinRM.
func TestAnotherAccountOwnsTheName(t *testing.T) {
	const management = "WSMAN/" + workerMachine
	cases := map[string]struct {
		reason string
		owned  string // by the machine
		spn    string // in the endpoint
		kind   fault.Kind
		says   string
	}{
		"found":       {"the second name is that of WinRM itself", management, "", "", ""},
		"named":       {"the endpoint names it", management, management, "", ""},
		"wrong":       {"the name in the endpoint is the only one", management, principal, fault.Denied, "the host accepts no Kerberos ticket for " + principal},
		"none":        {"the host owns neither", "HOST/fe99.contoso.com", "", fault.Denied, "no Kerberos ticket for " + principal + " or " + management},
		"most common": {"the machine owns it", principal, "", "", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, transport := range []wsman.Transport{wsman.HTTPS, wsman.PlainHTTP} {
				who, accept := over(t, remote.Kerberos, c.owned)
				h := newWorkerHost(t, func(config *wsman.Config) { accept(config); config.Transport = transport })
				at := h.endpoint()
				at.URL, at.SPN = strings.ToLower(string(transport))+"://"+h.Address()+"/wsman", c.spn
				w, err := winrm.Dial(t.Context(), at, who, winrm.Options{})
				if fault.KindOf(err) != c.kind || err != nil && (!strings.Contains(err.Error(), c.says) || !strings.Contains(fault.Sentence(err), "setspn -Q")) {
					t.Errorf("%s, %s: %s: %v; want %q", transport, c.reason, fault.KindOf(err), err, c.says)
				}
				if err == nil {
					_ = w.Close(t.Context())
				}
			}
		})
	}
}

// TestATicketIsHandedToTheHost: only where the endpoint asks for it can the session go on to other
// hosts.
func TestATicketIsHandedToTheHost(t *testing.T) {
	for _, delegate := range []bool{false, true} {
		for _, transport := range []wsman.Transport{wsman.HTTPS, wsman.PlainHTTP} {
			who, accept := over(t, remote.Kerberos)
			signedIn := make(chan identity.SignIn, 1)
			h := newWorkerHost(t, func(config *wsman.Config) {
				accept(config)
				config.Transport, config.Program = transport, telling{config.Program, signedIn}
			})
			at := h.endpoint()
			at.URL, at.Delegate = strings.ToLower(string(transport))+"://"+h.Address()+"/wsman", delegate
			w, err := winrm.Dial(t.Context(), at, who, winrm.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := <-signedIn; (got == identity.ForwardedTicket) != delegate {
				t.Errorf("%s, delegate %v: the session is a %q", transport, delegate, got)
			}
			if err := w.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}

// telling is a program that tells how its user signed in.
type telling struct {
	wsman.Program
	signedIn chan<- identity.SignIn
}

func (p telling) Run(ctx context.Context, process wsman.Process) int {
	p.signedIn <- process.Who.SignIn
	return p.Program.Run(ctx, process)
}
