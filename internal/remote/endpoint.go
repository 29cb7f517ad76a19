package remote

import "crypto/x509"

// Endpoint is where a host can be reached.
type Endpoint struct {
	// URL of the WSMan listener, https only, e.g. "https://fe01.contoso.com:5986/wsman".
	// Without a path it is /wsman, without a port it is 5986.
	URL string
	// ServerName is the name in the host's certificate when that differs from
	// the URL's host. It never switches verification off.
	ServerName string
	// Roots are the authorities that may have signed the host's certificate. nil
	// means the system's authorities.
	Roots *x509.CertPool
}
