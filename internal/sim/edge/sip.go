package edge

import (
	"crypto/tls"
	"io"
	"net"
	"time"

	"github.com/fedroute/fedroute/internal/sim/farm"
)

// serveSIP is port 5061: mutual TLS. The Access Edge asks for the partner's
// certificate; what it does with SIP is not simulated, so it listens in silence.
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

// tlsConfig presents the machine's certificate as it is at the handshake.
func (l *Listeners) tlsConfig(w farm.Listener) *tls.Config {
	config := &tls.Config{
		MinVersion: tls.VersionTLS12,
		ClientAuth: tls.RequestClientCert,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			c, err := l.farm.AccessEdgeCertificate(w.Machine)
			if err != nil {
				return nil, err
			}
			return l.config.Certificate(c)
		},
	}
	if l.config.Partners != nil {
		config.ClientAuth, config.ClientCAs = tls.VerifyClientCertIfGiven, l.config.Partners
	}
	return config
}
