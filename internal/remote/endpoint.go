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
	// Configuration is the name of the session configuration to work in. Empty means
	// a worker in a remote shell.
	Configuration string
	// SPN names the host's service for Kerberos. Empty means "HTTP/<ServerName, else
	// the host of the URL>".
	SPN string
	// Delegate hands the account's Kerberos ticket to the host, which can then sign
	// in to other hosts with it.
	Delegate bool
}
