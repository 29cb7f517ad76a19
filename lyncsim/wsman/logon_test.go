package wsman_test

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/go-ntlmssp"

	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// people is a machine in a domain, with an administrator of each kind.
func people(c *wsman.Config, _ *pki.CA) {
	c.Domain = "LAB"
	c.Accounts = accounts{
		{Name: "local", Password: "p@ss wörd", Groups: []identity.Group{{SID: identity.Administrators}}},
		{Name: "ops", Domain: "LAB", Password: "Sommer!23", Groups: []identity.Group{{SID: identity.RemoteManagementUsers}}},
		{Name: "guest", Domain: "LAB", Password: "guest"},
	}
}

// ntlm makes a client sign in by Negotiate.
func (c *client) ntlm(name, password string) *client {
	c.http.Transport = ntlmssp.Negotiator{RoundTripper: c.http.Transport}
	return c.basic(name, password)
}

func (c *client) basic(name, password string) *client {
	c.authorize = func(r *http.Request) { r.SetBasicAuth(name, password) }
	return c
}

func TestLogon(t *testing.T) {
	l := newLab(t, people)
	type logon = func(c *client, name, password string) *client
	tests := map[string]struct {
		reason         string
		how            logon
		name, password string
		status         int
		code           uint32
	}{
		"BasicLocal": {
			reason: "Basic works for an account of the machine",
			how:    (*client).basic, name: "local", password: "p@ss wörd", status: 200,
		},
		"BasicDomain": {
			reason: "Windows refuses Basic for domain accounts",
			how:    (*client).basic, name: `LAB\ops`, password: "Sommer!23", status: 401,
		},
		"BasicWrongPassword": {
			reason: "a wrong password is a 401, not a fault",
			how:    (*client).basic, name: "local", password: "no", status: 401,
		},
		"NTLMLocal": {
			reason: "NTLM with an account of the machine",
			how:    (*client).ntlm, name: "local", password: "p@ss wörd", status: 200,
		},
		"NTLMDomain": {
			reason: "NTLM with DOMAIN\\user",
			how:    (*client).ntlm, name: `LAB\ops`, password: "Sommer!23", status: 200,
		},
		"NTLMPrincipalName": {
			reason: "NTLM with user@domain",
			how:    (*client).ntlm, name: `ops@LAB`, password: "Sommer!23", status: 200,
		},
		"NTLMWrongPassword": {
			reason: "the proof does not match",
			how:    (*client).ntlm, name: `LAB\ops`, password: "sommer!23", status: 401,
		},
		"NTLMUnknown": {
			reason: "nobody by that name",
			how:    (*client).ntlm, name: `LAB\who`, password: "x", status: 401,
		},
		"NoGroup": {
			reason: "known, but no administrator: a fault with code 5, not a 401",
			how:    (*client).ntlm, name: `LAB\guest`, password: "guest", status: 500, code: wsman.CodeAccessDenied,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := tc.how(l.client(t), tc.name, tc.password).create()
			if a.Status != tc.status || a.code() != tc.code {
				t.Errorf("%s: status %d, code %d: %s", tc.reason, a.Status, a.code(), a.Raw)
			}
		})
	}
}

func TestNTLMLogsOnOncePerConnection(t *testing.T) {
	l := newLab(t, people)
	c := l.client(t).ntlm(`LAB\ops`, "Sommer!23")
	c.create()
	c.drain(c.run("x"))
	n := l.Counters()
	if n.Unauthorized != 2 || n.Connections != 1 {
		t.Errorf("%d answers 401 on %d connections", n.Unauthorized, n.Connections)
	}
}

func TestPasswordChangeHitsNewConnectionsOnly(t *testing.T) {
	var list accounts
	l := newLab(t, func(c *wsman.Config, ca *pki.CA) {
		people(c, ca)
		list, _ = c.Accounts.(accounts)
	})
	old := l.client(t).ntlm(`LAB\ops`, "Sommer!23")
	old.create()
	list[1].Password = "Winter!24"
	if a := old.create(); a.Status != http.StatusOK {
		t.Errorf("the live connection was logged off: %d", a.Status)
	}
	if a := l.client(t).ntlm(`LAB\ops`, "Sommer!23").create(); a.Status != http.StatusUnauthorized {
		t.Errorf("the old password still works: %d", a.Status)
	}
	l.DropConnections()
	if a, err := old.post(old.envelope(transfer+"/Create", "")); err == nil && a.Status != http.StatusUnauthorized {
		t.Errorf("the old password works on a new connection: %d", a.Status)
	}
	if a := l.client(t).ntlm(`LAB\ops`, "Winter!24").create(); a.Status != http.StatusOK {
		t.Errorf("the new password does not work: %d", a.Status)
	}
}

func TestRefusedLogonsNameTheMethods(t *testing.T) {
	l := newLab(t, people)
	c := l.client(t)
	c.authorize = func(*http.Request) {}
	req, err := http.NewRequest(http.MethodPost, c.url, strings.NewReader("<x/>"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := strings.Join(resp.Header.Values("WWW-Authenticate"), ", "); got != `Negotiate, Basic realm="WSMAN"` {
		t.Errorf("WWW-Authenticate: %s", got)
	}
}

func TestStrictChannelBindingRefusesClientsWithoutIt(t *testing.T) {
	l := newLab(t, func(c *wsman.Config, ca *pki.CA) {
		people(c, ca)
		c.ChannelBinding = wsman.BindingStrict
	})
	if a := l.client(t).ntlm(`LAB\ops`, "Sommer!23").create(); a.Status != http.StatusUnauthorized {
		t.Errorf("status %d", a.Status)
	}
}

func TestCertificateLogon(t *testing.T) {
	l := newLab(t, func(c *wsman.Config, ca *pki.CA) {
		people(c, ca)
		list, _ := c.Accounts.(accounts)
		c.Accounts = append(list, wsman.Account{Name: "robot", Groups: []identity.Group{{SID: identity.Administrators}}})
	})
	other, err := pki.New("another CA", time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		reason  string
		ca      *pki.CA
		request pki.Request
		status  int // 0 means that the handshake fails
	}{
		"UPN":     {"mapped by user principal name", l.ca, pki.Request{CommonName: "x", UPN: "robot@localhost"}, 200},
		"Domain":  {"Windows maps none to an account of a domain", l.ca, pki.Request{CommonName: "x", UPN: "ops@lab.example"}, 401},
		"Subject": {"mapped by common name", l.ca, pki.Request{CommonName: "local", Client: true}, 200},
		"Unknown": {"nobody by that name", l.ca, pki.Request{CommonName: "who", Client: true}, 401},
		"OtherCA": {"not ours, so the client does not even show it", other, pki.Request{CommonName: "local", Client: true}, 401},
		"Expired": {"over", l.ca, pki.Request{CommonName: "local", Client: true, NotAfter: time.Now().Add(-time.Minute)}, 0},
		"Server":  {"a server's certificate logs nobody on", l.ca, pki.Request{CommonName: "local"}, 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := l.client(t)
			leaf, err := tc.ca.Issue(tc.request)
			if err != nil {
				t.Fatal(err)
			}
			cert, err := leaf.TLS()
			if err != nil {
				t.Fatal(err)
			}
			transport, _ := c.http.Transport.(*http.Transport)
			transport.TLSClientConfig.Certificates = []tls.Certificate{cert}
			c.authorize = func(r *http.Request) {
				r.Header.Set("Authorization", "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual")
			}
			a, err := c.post(c.envelope(transfer+"/Create", ""))
			if err != nil {
				a = &answer{}
			}
			if a.Status != tc.status {
				t.Errorf("%s: status %d, error %v", tc.reason, a.Status, err)
			}
		})
	}
}
