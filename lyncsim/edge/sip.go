package edge

import (
	"crypto/tls"
	"io"
	"net"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

// serveSIP serves port 5061 with mutual TLS. The Access Edge asks for the partner's
// certificate. SIP itself is not simulated, so the port accepts bytes and never
// answers.
func (l *Listeners) serveSIP(c net.Conn, w farm.Listener) {
	_ = c.SetDeadline(time.Now().Add(opening))
	conn := tls.Server(c, l.tlsConfig(w))
	defer func() { _ = conn.Close() }()
	if err := conn.Handshake(); err != nil {
		return
	}
	partner := ""
	if certs := conn.ConnectionState().PeerCertificates; len(certs) > 0 {
		partner = certs[0].Subject.CommonName
	}
	l.visited(Visit{Machine: w.Machine, Port: w.Port, Partner: partner})
	_ = c.SetDeadline(time.Now().Add(idle))
	_, _ = io.Copy(io.Discard, conn)
}

// serveFrontEnd serves port 5061 of a Front End server inside: TLS, and no answer
// after it.
func (l *Listeners) serveFrontEnd(c net.Conn, w farm.Listener) {
	_ = c.SetDeadline(time.Now().Add(opening))
	conn := tls.Server(c, l.presenting(w, l.farm.FrontEndCertificate))
	defer func() { _ = conn.Close() }()
	if err := conn.Handshake(); err != nil {
		return
	}
	_ = c.SetDeadline(time.Now().Add(idle))
	_, _ = io.Copy(io.Discard, conn)
}

// presenting shows the certificate that the machine has at the time of the
// handshake.
func (l *Listeners) presenting(w farm.Listener, certificate func(string) (farm.Certificate, error)) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		ClientAuth: tls.RequestClientCert,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			c, err := certificate(w.Machine)
			if err != nil {
				return nil, err
			}
			return l.config.Certificate(c)
		},
	}
}

// tlsConfig is that of the Access Edge, which may ask for a client certificate.
func (l *Listeners) tlsConfig(w farm.Listener) *tls.Config {
	config := l.presenting(w, l.farm.AccessEdgeCertificate)
	if l.config.Partners != nil {
		config.ClientAuth, config.ClientCAs = tls.VerifyClientCertIfGiven, l.config.Partners
	}
	return config
}
