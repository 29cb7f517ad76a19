package pki_test

import (
	"crypto/x509"
	"encoding/pem"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/pki"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newCA(t *testing.T) *pki.CA {
	t.Helper()
	ca, err := pki.New("lab CA", now, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func issue(t *testing.T, ca *pki.CA, r pki.Request) *x509.Certificate {
	t.Helper()
	leaf, err := ca.Issue(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := leaf.TLS(); err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(leaf.CertPEM)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestIssue(t *testing.T) {
	ca, other := newCA(t), newCA(t)
	server := pki.Request{CommonName: "fe01", DNSNames: []string{"fe01.lab.example"}, IPs: []net.IP{net.IPv4(127, 0, 1, 1)}}
	expired := server
	expired.NotAfter = now.Add(-time.Minute)
	tests := map[string]struct {
		reason  string
		roots   *pki.CA
		request pki.Request
		name    string
		usage   x509.ExtKeyUsage
		valid   bool
	}{
		"Name":       {"good for its DNS name", ca, server, "fe01.lab.example", x509.ExtKeyUsageServerAuth, true},
		"Address":    {"good for its address", ca, server, "127.0.1.1", x509.ExtKeyUsageServerAuth, true},
		"OtherName":  {"bad for another name", ca, server, "fe02.lab.example", x509.ExtKeyUsageServerAuth, false},
		"OtherCA":    {"bad for who trusts another authority", other, server, "fe01.lab.example", x509.ExtKeyUsageServerAuth, false},
		"Expired":    {"bad after its end", ca, expired, "fe01.lab.example", x509.ExtKeyUsageServerAuth, false},
		"WrongUsage": {"a server's certificate is not for clients", ca, server, "", x509.ExtKeyUsageClientAuth, false},
		"Client":     {"a client certificate", ca, pki.Request{CommonName: "ops", UPN: "ops@lab.example"}, "", x509.ExtKeyUsageClientAuth, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := issue(t, ca, tc.request).Verify(x509.VerifyOptions{Roots: tc.roots.Pool(), DNSName: tc.name,
				CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{tc.usage}})
			if (err == nil) != tc.valid {
				t.Errorf("%s: %v", tc.reason, err)
			}
		})
	}
}

func TestUPN(t *testing.T) {
	ca := newCA(t)
	got := []string{
		pki.UPN(issue(t, ca, pki.Request{CommonName: "ops", UPN: "öps@lab.example"})),
		pki.UPN(issue(t, ca, pki.Request{CommonName: "fe01", DNSNames: []string{"fe01.lab.example"}})),
		pki.UPN(issue(t, ca, pki.Request{CommonName: "bare"})),
	}
	if d := cmp.Diff([]string{"öps@lab.example", "", ""}, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestImportGivesTheSameAuthority(t *testing.T) {
	ca, other := newCA(t), newCA(t)
	cert, key, err := ca.Export()
	if err != nil {
		t.Fatal(err)
	}
	back, err := pki.Import(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf := issue(t, back, pki.Request{CommonName: "fe01", DNSNames: []string{"fe01"}})
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: ca.Pool(), CurrentTime: now}); err != nil {
		t.Error(err)
	}
	_, otherKey, err := other.Export()
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string][2][]byte{
		"NoCert":   {nil, key},
		"NoKey":    {cert, nil},
		"BadKey":   {cert, cert},
		"OtherKey": {cert, otherKey},
	}
	for name, in := range bad {
		if _, err := pki.Import(in[0], in[1]); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
