package tcp

import (
	"context"
	"crypto/sha1" //nolint:gosec // a name, and no proof of anything
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/fedroute/fedroute/internal/probe"
)

// openTLS starts a TLS handshake and describes the certificate that the other side
// presents. The set of trusted authorities is empty, so the handshake always ends at
// that point, with the certificate in the error. No unverified connection is ever
// established.
func openTLS(ctx context.Context, connection net.Conn, target probe.Target) (answer, error) {
	name := target.Domain
	if name == "" {
		name = target.Where()
	}
	err := tls.Client(connection, &tls.Config{ //nolint:gosec // TLS 1.0: old Edge servers offer nothing newer, and nothing is sent over it
		ServerName:   name,
		RootCAs:      x509.NewCertPool(),
		MinVersion:   tls.VersionTLS10,
		CipherSuites: everySuite(),
	}).HandshakeContext(ctx)
	if shown, ok := errors.AsType[*tls.CertificateVerificationError](err); ok && len(shown.UnverifiedCertificates) > 0 {
		certificate := shown.UnverifiedCertificates[0]
		return answer{describe(certificate), certificate.NotAfter, thumbprint(certificate)}, nil
	}
	// An alert from the other side has an unexported type; its *net.OpError wrapper
	// identifies it.
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "remote error" {
		return answer{words: fmt.Sprintf("TLS answered and declined (%v)", alert.Err)}, nil
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return answer{}, errors.New("what answers is not TLS")
	}
	if err == nil {
		return answer{}, errors.New("TLS was accepted without a certificate")
	}
	return answer{}, err
}

// thumbprint is the SHA-1 of the certificate, by which Windows names it.
func thumbprint(c *x509.Certificate) string {
	sum := sha1.Sum(c.Raw) //nolint:gosec // a name, and no proof of anything
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func describe(c *x509.Certificate) string {
	text := fmt.Sprintf("TLS answered as %s until %s", certificateName(c), c.NotAfter.UTC().Format(time.DateOnly))
	if issuer := c.Issuer.CommonName; issuer != "" {
		text += ", issued by " + issuer
	}
	return text
}

// certificateName prefers the subject, which for an Access Edge is its external
// name.
func certificateName(c *x509.Certificate) string {
	switch {
	case c.Subject.CommonName != "":
		return c.Subject.CommonName
	case len(c.DNSNames) > 0:
		return c.DNSNames[0]
	}
	return "nobody (the certificate has no name)"
}

func everySuite() []uint16 {
	var ids []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ids = append(ids, suite.ID)
	}
	return ids
}

// hungUp reports whether the connection ended before an answer.
func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
