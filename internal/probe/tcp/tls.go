package tcp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/fedroute/fedroute/internal/probe"
)

// openTLS says hello and tells which certificate the other side shows. With an
// empty set of trusted authorities the handshake always ends there, with the
// certificate in the error: no connection that nobody verified is ever made.
func openTLS(ctx context.Context, connection net.Conn, target probe.Target) (string, error) {
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
		return describe(shown.UnverifiedCertificates[0]), nil
	}
	// An alert from the other side has an unexported type; its wrapper tells.
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "remote error" {
		return fmt.Sprintf("TLS answered and declined (%v)", alert.Err), nil
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "", errors.New("what answers is not TLS")
	}
	if err == nil {
		return "", errors.New("TLS was accepted without a certificate")
	}
	return "", err
}

func describe(c *x509.Certificate) string {
	text := fmt.Sprintf("TLS answered as %s until %s", certificateName(c), c.NotAfter.UTC().Format(time.DateOnly))
	if issuer := c.Issuer.CommonName; issuer != "" {
		text += ", issued by " + issuer
	}
	return text
}

// certificateName prefers the subject: for an Access Edge that is its external name.
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

// hungUp says that the connection ended before an answer.
func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
