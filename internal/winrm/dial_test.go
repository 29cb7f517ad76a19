package winrm_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
)

func TestDialRefusesWhatCannotBeMeant(t *testing.T) {
	basic := credentials(remote.Basic)
	cases := map[string]struct {
		reason      string
		url         string
		credentials remote.Credentials
		cause       string
	}{
		"http":           {"passwords and commands never go in clear text", "http://fe01.contoso.com:5985/wsman", basic, "over http everybody would see what Basic sends"},
		"no scheme":      {"a bare name is no URL", "fe01.contoso.com", basic, "only https"},
		"no host":        {"there must be somebody to ask", "https:///wsman", basic, "host, port and path only"},
		"user in URL":    {"a password has no place in a URL", "https://a:secret@fe01.contoso.com", basic, "host, port and path only"},
		"not a URL":      {"garbage is told as such", "https://fe01:port/", basic, "not a URL"},
		"no method":      {"the method must be named", "https://fe01", remote.Credentials{Username: "a", Password: "b"}, "not a sign-in method"},
		"no password":    {"an empty secret is found before the wire", "https://fe01", remote.Credentials{Method: remote.NTLM, Username: "a"}, "user name and password"},
		"no certificate": {"a key is needed", "https://fe01", remote.Credentials{Method: remote.Certificate}, "private key"},
		"no realm":       {"a ticket needs a realm", "https://fe01", remote.Credentials{Method: remote.Kerberos, Username: "a"}, "realm"},
		"no keytab":      {"a ticket needs a key", "https://fe01", remote.Credentials{Method: remote.Kerberos, Username: "a", Kerberos: &remote.KerberosConfig{Realm: "R"}}, "password or keytab"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := winrm.Dial(t.Context(), remote.Endpoint{URL: c.url}, c.credentials, winrm.Options{})
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.cause) {
				t.Errorf("%s: got %s: %v; want Invalid with %q", c.reason, fault.KindOf(err), err, c.cause)
			}
			if strings.Contains(fault.Sentence(err), "secret@") || strings.Contains(fault.Sentence(err), ":secret") {
				t.Errorf("the error shows a secret: %s", fault.Sentence(err))
			}
		})
	}
}

func TestDialAnswers(t *testing.T) {
	cases := map[string]struct {
		reason string
		before func(w http.ResponseWriter, action string) bool
		run    func(*process) int
		kind   fault.Kind
		cause  string
	}{
		"access denied": {"signed in but not allowed to open shells",
			fails(5, "w:AccessDenied", "Access is denied."), echo, fault.Denied, "Access is denied (WSMan fault 5)"},
		"shell quota": {"waiting can help",
			fails(2150859173, "w:QuotaLimit", "The WS-Management service cannot process the request."), echo, fault.Busy, "limit of remote shells"},
		"unknown fault": {"the host's own words are kept",
			fails(1, "w:InternalError", "Fehler."), echo, fault.Failed, "Fehler"},
		"forbidden":   {"403 is a refusal", status(http.StatusForbidden), echo, fault.Denied, "403"},
		"not found":   {"a wrong path is a wrong spec", status(http.StatusNotFound), echo, fault.Invalid, "no WSMan listener"},
		"redirect":    {"redirects are not followed", redirect, echo, fault.Invalid, "no WSMan listener"},
		"unavailable": {"HTTP.sys answers so while WinRM is stopped", status(http.StatusServiceUnavailable), echo, fault.Unreachable, "503"},
		"not SOAP": {"some other web server",
			func(w http.ResponseWriter, _ string) bool { fmt.Fprint(w, "<html>"); return true }, echo, fault.Unreachable, "not a SOAP envelope"},
		"no shell id": {"an id is needed for everything after",
			func(w http.ResponseWriter, _ string) bool {
				envelope(w, "http://schemas.xmlsoap.org/ws/2004/09/transfer/CreateResponse", "")
				return true
			}, echo, fault.Unreachable, "no shell id"},
		"hostile shell id": {"an id goes into the next envelope",
			func(w http.ResponseWriter, _ string) bool {
				envelope(w, "http://schemas.xmlsoap.org/ws/2004/09/transfer/CreateResponse", "<rsp:ShellId>&lt;a/&gt;</rsp:ShellId>")
				return true
			}, echo, fault.Unreachable, "no shell id"},
		"constrained": {"Constrained Language Mode forbids the console",
			nil, prints("fedroute-unsupported ConstrainedLanguage 5.1.17763.1007\r\n", ""), fault.Unsupported, "ConstrainedLanguage 5.1"},
		"old PowerShell": {"2.0 has no JSON",
			nil, prints("fedroute-unsupported FullLanguage 2.0\r\n", ""), fault.Unsupported, "FullLanguage 2.0"},
		"no PowerShell": {"the process ends before it is ready",
			nil, prints("", "powershell.exe was not found\r\n"), fault.Failed, "exit code 9 and said: powershell.exe was not found"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, c.run)
			h.interfere(c.before)
			_, err := winrm.Dial(t.Context(), h.endpoint(), credentials(remote.Basic), winrm.Options{})
			if !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.cause) {
				t.Errorf("%s: got %s: %v; want %s with %q", c.reason, fault.KindOf(err), err, c.kind, c.cause)
			}
			if len(h.shells) != 0 {
				t.Errorf("%d shells were left behind", len(h.shells))
			}
		})
	}
}

func fails(code uint32, subcode, text string) func(http.ResponseWriter, string) bool {
	return func(w http.ResponseWriter, action string) bool {
		if action == "Create" {
			wsmanFault(w, code, subcode, text)
		}
		return action == "Create"
	}
}

func status(code int) func(http.ResponseWriter, string) bool {
	return func(w http.ResponseWriter, _ string) bool { w.WriteHeader(code); return true }
}

func redirect(w http.ResponseWriter, _ string) bool {
	w.Header().Set("Location", "https://127.0.0.1:1/")
	w.WriteHeader(http.StatusTemporaryRedirect)
	return true
}

func prints(stdout, stderr string) func(*process) int {
	return func(p *process) int { p.print(stdout); p.warn(stderr); return 9 }
}

func TestWrongPassword(t *testing.T) {
	h := newHost(t, echo)
	wrong := credentials(remote.Basic)
	wrong.Password = "wrong secret"
	_, err := winrm.Dial(t.Context(), h.endpoint(), wrong, winrm.Options{})
	if !fault.Is(err, fault.Denied) || !strings.Contains(err.Error(), "offers Negotiate, Basic") {
		t.Errorf("got %s: %v", fault.KindOf(err), err)
	}
	if strings.Contains(fault.Sentence(err), wrong.Password) {
		t.Error("the sentence shows the password")
	}
}

func TestCertificatesAreVerified(t *testing.T) {
	expired := func(c *tls.Config) { c.Certificates = []tls.Certificate{selfSigned(t, "127.0.0.1", -time.Hour)} }
	cases := map[string]struct {
		reason string
		serve  func(*tls.Config)
		roots  bool // trust the server's certificate
		name   string
		cause  string
	}{
		"unknown authority": {"nobody vouches for it", nil, false, "", "authority that is not trusted"},
		"other name":        {"it is another host's", nil, true, "fe01.contoso.com", "not for fe01.contoso.com but for"},
		"expired":           {"its time is over", expired, true, "", "valid from"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(http.NotFoundHandler())
			server.Config.ErrorLog = quietLog
			server.TLS = &tls.Config{}
			if c.serve != nil {
				c.serve(server.TLS)
			}
			server.StartTLS()
			defer server.Close()
			roots := x509.NewCertPool()
			if c.roots {
				shown := server.TLS.Certificates[0].Leaf
				if shown == nil {
					shown = server.Certificate()
				}
				roots.AddCert(shown)
			}
			_, err := winrm.Dial(t.Context(), remote.Endpoint{URL: server.URL, Roots: roots, ServerName: c.name}, credentials(remote.Basic), winrm.Options{})
			if !fault.Is(err, fault.Denied) || !strings.Contains(err.Error(), c.cause) {
				t.Errorf("%s: got %s: %v; want Denied with %q", c.reason, fault.KindOf(err), err, c.cause)
			}
			if f := fault.Sentence(err); !strings.Contains(f, "certificate") {
				t.Errorf("the sentence does not speak of the certificate: %s", f)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	cases := map[string]struct {
		reason, address, cause string
		within                 time.Duration
	}{
		"closed port":  {"nobody listens", closed.Addr().String(), "connection refused", time.Minute},
		"black hole":   {"a connection without an answer is bounded", silent.Addr().String(), "no answer in time", 50 * time.Millisecond},
		"no TLS":       {"a plain HTTP port", plain.Listener.Addr().String(), "answers without TLS", time.Minute},
		"no such name": {"the name does not resolve", "fe01.invalid:5986", "fe01.invalid is not found", time.Minute},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := winrm.Dial(t.Context(), remote.Endpoint{URL: "https://" + c.address, Machine: "edge1.contoso.com"}, credentials(remote.Basic),
				winrm.Options{ConnectTimeout: c.within})
			if says := "start PowerShell on edge1.contoso.com (" + c.address + "): "; !fault.Is(err, fault.Unreachable) || !strings.Contains(err.Error(), c.cause) || !strings.HasPrefix(err.Error(), says) {
				t.Errorf("%s: got %s: %v; want Unreachable with %q, after %q", c.reason, fault.KindOf(err), err, c.cause, says)
			}
		})
	}
}

func TestDialIsBounded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := newHost(t, func(p *process) int {
		cancel() // PowerShell runs but never becomes ready
		return hangAtOnce(p)
	})
	if _, err := winrm.Dial(ctx, h.endpoint(), credentials(remote.Basic), winrm.Options{}); !fault.Is(err, fault.Unreachable) {
		t.Errorf("by its context: got %s: %v", fault.KindOf(err), err)
	}
	if len(h.shells) != 0 {
		t.Errorf("%d shells were left behind", len(h.shells))
	}
	_, err := winrm.Dial(t.Context(), h.endpoint(), credentials(remote.Basic), winrm.Options{StartTimeout: 20 * time.Millisecond})
	if !fault.Is(err, fault.Unreachable) {
		t.Errorf("by StartTimeout: got %s: %v", fault.KindOf(err), err)
	}
}

func hangAtOnce(p *process) int {
	for {
		if _, ok := p.readLine(); !ok {
			return 1
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	c := credentials(remote.Kerberos)
	c.Kerberos = &remote.KerberosConfig{Realm: "CONTOSO.COM", Keytab: []byte("correct horse")}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "credentials", c, "pointer", &c, "kerberos", *c.Kerberos)
	for _, text := range []string{
		fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s %d", c, c, c, c, any(c)), fmt.Sprintf("%v %+v %#v", &c, &c, &c),
		fmt.Sprintf("%v %+v %#v %s", *c.Kerberos, *c.Kerberos, *c.Kerberos, *c.Kerberos), log.String(),
	} {
		if strings.Contains(text, "horse") || strings.Contains(text, "99 111 114") {
			t.Errorf("a secret is printed: %s", text)
		}
	}
}
