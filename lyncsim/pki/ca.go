// Package pki is the certificate authority of a simulated organization. It issues
// server certificates for the organization's machines, client certificates for
// administrators, and the wrong certificates that fault tests need.
package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"strings"
	"time"
)

// CA is a certificate authority. It is safe for use by several goroutines.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// Leaf is an issued certificate with its key, both in PEM.
type Leaf struct {
	CertPEM []byte
	KeyPEM  []byte // PKCS #8
}

// Request describes a certificate. With a UPN or with Client set it is a client
// certificate, otherwise a server certificate.
type Request struct {
	CommonName string
	DNSNames   []string
	IPs        []net.IP
	UPN        string    // user principal name, e.g. admin@contoso.com
	Client     bool      // for logging on, also without a UPN
	NotBefore  time.Time // zero: an hour ago
	NotAfter   time.Time // zero: the end of the CA
}

// New makes a self-signed authority. It is valid from an hour before now and for the
// given time. A test that needs another CA makes a second one.
func New(name string, now time.Time, valid time.Duration) (*CA, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("pki: %w", err)
	}
	tmpl := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(valid),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("pki: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("pki: %w", err)
	}
	return &CA{cert: cert, key: key}, nil
}

// Issue signs a certificate. NotAfter in the past gives an expired one.
func (ca *CA) Issue(r Request) (Leaf, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Leaf{}, fmt.Errorf("pki: %w", err)
	}
	tmpl, err := ca.template(r)
	if err != nil {
		return Leaf{}, err
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, ca.cert, &key.PublicKey, ca.key)
	if err != nil {
		return Leaf{}, fmt.Errorf("pki: issue %s: %w", r.CommonName, err)
	}
	keyPEM, err := encodeKey(key)
	if err != nil {
		return Leaf{}, err
	}
	return Leaf{CertPEM: encodeCert(der), KeyPEM: keyPEM}, nil
}

func (ca *CA) template(r Request) (*x509.Certificate, error) {
	t := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: r.CommonName},
		NotBefore:    r.NotBefore,
		NotAfter:     r.NotAfter,
		DNSNames:     r.DNSNames,
		IPAddresses:  r.IPs,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if t.NotBefore.IsZero() {
		t.NotBefore = ca.cert.NotBefore
	}
	if t.NotAfter.IsZero() {
		t.NotAfter = ca.cert.NotAfter
	}
	if r.UPN == "" && !r.Client {
		return t, nil
	}
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if r.UPN == "" {
		return t, nil
	}
	san, err := upnExtension(r.UPN)
	if err != nil {
		return nil, err
	}
	t.ExtraExtensions = append(t.ExtraExtensions, san)
	return t, nil
}

// Thumbprint is the name by which Windows knows a certificate: the SHA-1 of its DER form.
func Thumbprint(der []byte) string {
	sum := sha1.Sum(der)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// CertPEM is the authority's certificate, which clients must trust.
func (ca *CA) CertPEM() []byte { return encodeCert(ca.cert.Raw) }

// Pool contains this authority only.
func (ca *CA) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(ca.cert)
	return p
}

// TLS gives the certificate in the form that a TLS server or client uses.
func (l Leaf) TLS() (tls.Certificate, error) {
	c, err := tls.X509KeyPair(l.CertPEM, l.KeyPEM)
	if err != nil {
		return c, fmt.Errorf("pki: %w", err)
	}
	return c, nil
}

func serial() *big.Int {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	b[0] &= 0x7f           // RFC 5280: positive
	return new(big.Int).SetBytes(b[:])
}

func encodeCert(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func encodeKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("pki: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
