package wsman_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

func TestHTTPBesideTheProtocol(t *testing.T) {
	l := newLab(t, nil)
	tests := map[string]struct {
		reason, method, path string
		header               [2]string
		status               int
		body                 string
	}{
		"OtherPath": {"nothing lives there", http.MethodPost, "/other", [2]string{}, 404, ""},
		"GET":       {"only POST is served", http.MethodGet, "/wsman", [2]string{}, 405, ""},
		"Nobody":    {"no authorization", http.MethodPost, "/wsman", [2]string{}, 401, ""},
		"BadScheme": {"an authorization nobody knows", http.MethodPost, "/wsman", [2]string{"Authorization", "Digest x"}, 401, ""},
		"BadToken":  {"a token that is not base64", http.MethodPost, "/wsman", [2]string{"Authorization", "Negotiate ~~~"}, 401, ""},
		"NoTicket":  {"Kerberos where there is none", http.MethodPost, "/wsman", [2]string{"Authorization", "Negotiate YII="}, 401, ""},
		"Early":     {"the last step of NTLM without the first", http.MethodPost, "/wsman", [2]string{"Authorization", "Negotiate TlRMTVNTUAADAAAA"}, 401, ""},
		"Identify":  {"who is there, asked without logging on", http.MethodPost, "/wsman", [2]string{"WSMANIDENTIFY", "unauthenticated"}, 200, "Microsoft Corporation"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := l.client(t)
			req, err := http.NewRequest(tc.method, strings.TrimSuffix(c.url, wsman.Path)+tc.path, strings.NewReader("<x/>"))
			if err != nil {
				t.Fatal(err)
			}
			if tc.header[0] != "" {
				req.Header.Set(tc.header[0], tc.header[1])
			}
			resp, err := c.http.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			text, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != tc.status || !strings.Contains(string(text), tc.body) {
				t.Errorf("%s: status %d %s %v", tc.reason, resp.StatusCode, text, err)
			}
		})
	}
}

// plain makes a lab serve HTTP without TLS.
func plain(t *testing.T, unencrypted bool) *client {
	t.Helper()
	l := newLab(t, func(c *wsman.Config, ca *pki.CA) {
		people(c, ca)
		c.Transport, c.AllowUnencrypted = wsman.PlainHTTP, unencrypted
	})
	c := l.client(t)
	c.url = "http://" + l.Address() + wsman.Path
	return c
}

func TestPlainHTTPWantsEncryption(t *testing.T) {
	if a := plain(t, false).basic("local", "p@ss wörd").create(); a.Status != http.StatusUnauthorized {
		t.Errorf("Basic without TLS: status %d", a.Status)
	}
	if a := plain(t, false).ntlm(`LAB\ops`, "Sommer!23").create(); a.Status != http.StatusInternalServerError || a.Raw != "" {
		t.Errorf("a message in the clear: status %d %s", a.Status, a.Raw)
	}
	if a := plain(t, true).basic("local", "p@ss wörd").create(); a.Status != http.StatusOK {
		t.Errorf("allowed unencrypted: status %d", a.Status)
	}
}

func TestEncryptedMessageWithoutSealingIsABadRequest(t *testing.T) {
	c := plain(t, false).ntlm(`LAB\ops`, "Sommer!23")
	logon := c.authorize
	c.authorize = func(r *http.Request) {
		logon(r)
		r.Header.Set("Content-Type", `multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"`)
	}
	if a := mustPost(c, "x"); a.Status != http.StatusBadRequest {
		t.Errorf("status %d", a.Status)
	}
}

func TestConfigThatCannotWork(t *testing.T) {
	good := newLab(t, nil).config
	tests := map[string]struct {
		change func(c *wsman.Config)
		word   string
	}{
		"NoName":        {func(c *wsman.Config) { c.Machine = "" }, "name"},
		"NoProgram":     {func(c *wsman.Config) { c.Program = nil }, "program"},
		"NoCertificate": {func(c *wsman.Config) { c.Certificate.Certificate = nil }, "certificate"},
		"NoPort":        {func(c *wsman.Config) { c.Address = "127.0.0.1" }, "port"},
		"NotLoopback":   {func(c *wsman.Config) { c.Address = "0.0.0.0:0" }, "loopback"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := good
			tc.change(&c)
			if _, err := wsman.New(c); err == nil || !strings.Contains(err.Error(), tc.word) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestTLSIsModernAndHTTPIsOld(t *testing.T) {
	l := newLab(t, nil)
	dial := func(change func(*tls.Config)) (*tls.Conn, error) {
		c := &tls.Config{RootCAs: l.ca.Pool(), ServerName: machine, NextProtos: []string{"h2", "http/1.1"}}
		change(c)
		return tls.Dial("tcp", l.Address(), c)
	}
	c, err := dial(func(*tls.Config) {})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := c.ConnectionState().NegotiatedProtocol; got != "http/1.1" {
		t.Errorf("protocol %q", got)
	}
	if _, err := dial(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }); err == nil {
		t.Error("TLS 1.1 was accepted")
	}
	if _, err := dial(func(c *tls.Config) { c.ServerName = "fe02.lab.example" }); err == nil {
		t.Error("the certificate is good for another machine")
	}
}
