package winrm

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/url"

	"github.com/fedroute/fedroute/internal/fault"
)

// Endpoint is the WSMan listener of one host.
type Endpoint struct {
	// URL of the listener, https only, e.g. "https://fe01.contoso.com:5986/wsman".
	// Without a path it is /wsman, without a port it is 5986.
	URL string
	// ServerName is the name in the host's certificate when that differs from
	// the URL's host. It never switches verification off.
	ServerName string
	// Roots are the authorities that may have signed the host's certificate; nil
	// means those of the system.
	Roots *x509.CertPool
}

// parse checks the URL and fills in port and path.
func (e Endpoint) parse() (*url.URL, error) {
	u, err := url.Parse(e.URL)
	if err != nil {
		return nil, e.invalid("the endpoint is not a URL")
	}
	if u.Scheme != "https" {
		return nil, e.invalid(fmt.Sprintf("the endpoint's scheme is %q and only https is allowed", u.Scheme))
	}
	if u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, e.invalid("the endpoint must be host, port and path only")
	}
	if u.Port() == "" {
		u.Host += ":5986"
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/wsman"
	}
	return u, nil
}

func (e Endpoint) invalid(cause string) error {
	return fault.New(fault.Invalid, "connect to", e.host(), cause).
		With("no command can be sent there", "write it as https://<host>:5986/wsman")
}

// host names the endpoint to people without anything secret a URL may carry.
func (e Endpoint) host() string {
	u, err := url.Parse(e.URL)
	if err != nil || u.Host == "" {
		return "the endpoint"
	}
	return u.Host
}

// identity is the host's own name: the one in its certificate and in its service
// principal.
func (e Endpoint) identity(u *url.URL) string { return cmp.Or(e.ServerName, u.Hostname()) }

// tls verifies the host always and shows a certificate of ours when there is one.
//
// Sign-in by certificate stays on TLS 1.2. HTTP.sys asks for the certificate only
// after the handshake, unless its binding says otherwise: by renegotiation in TLS
// 1.2, and in TLS 1.3 (Windows Server 2022) in a way that Go's client does not
// have. What 1.2 also gives is a refusal within the handshake, which tells its
// reason before the connection is closed.
func (e Endpoint) tls(c Credentials) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: e.Roots, ServerName: e.ServerName}
	if c.Method == Certificate && c.Certificate != nil {
		config.Certificates = []tls.Certificate{*c.Certificate}
		config.MaxVersion = tls.VersionTLS12
		config.Renegotiation = tls.RenegotiateOnceAsClient
	}
	return config
}
