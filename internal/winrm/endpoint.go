package winrm

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net/url"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// Paths of services on a host: WinRM's own, and that of the product's own endpoint, which
// its web server has on the port of https.
const (
	winrmPath = "/wsman"
	ocsPath   = "/OcsPowershell"
)

// parse checks the URL and fills in port and path. Over http only a method with
// message sealing is allowed.
func parse(e remote.Endpoint, m remote.Method) (*url.URL, error) {
	u, err := url.Parse(e.URL)
	if err != nil {
		return nil, invalid(e, "the endpoint is not a URL")
	}
	port := ":5986"
	switch seals := m == remote.Kerberos || m == remote.NTLM; {
	case u.Scheme == "http" && seals:
		port = ":5985"
	case u.Scheme == "http":
		return nil, fault.New(fault.Invalid, "connect to", e.Name(), fmt.Sprintf("over http everybody would see what %s sends", m)).
			With("no command is sent there", "use the https listener, or Kerberos or NTLM, which seal their messages")
	case u.Scheme != "https":
		return nil, invalid(e, fmt.Sprintf("the endpoint's scheme is %q and only https and http are allowed", u.Scheme))
	case strings.EqualFold(u.Path, ocsPath):
		port = ":443"
	}
	if u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, invalid(e, "the endpoint must be host, port and path only")
	}
	if u.Port() == "" {
		u.Host += port
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = winrmPath
	}
	return u, nil
}

func invalid(e remote.Endpoint, cause string) error {
	return fault.New(fault.Invalid, "connect to", e.Name(), cause).
		With("no command can be sent there", "write it as https://<host>:5986/wsman")
}

// identity is the host's own name, which stands in its certificate and in its
// service principal.
func identity(e remote.Endpoint, u *url.URL) string { return cmp.Or(e.ServerName, u.Hostname()) }

// tlsConfig always verifies the host, and presents the client certificate when the
// credentials have one.
//
// Sign-in by certificate stays on TLS 1.2. Unless its binding is set otherwise,
// HTTP.sys asks for the certificate only after the handshake. In TLS 1.2 it does so
// by renegotiation; in TLS 1.3 (Windows Server 2022) it does so in a way that Go's
// client does not support. TLS 1.2 also refuses a certificate within the handshake,
// so the reason arrives before the connection is closed.
func tlsConfig(e remote.Endpoint, c remote.Credentials) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: e.Roots, ServerName: e.ServerName}
	if c.Method == remote.Certificate && c.Certificate != nil {
		config.Certificates = []tls.Certificate{*c.Certificate}
		config.MaxVersion = tls.VersionTLS12
		config.Renegotiation = tls.RenegotiateOnceAsClient
	}
	return config
}
