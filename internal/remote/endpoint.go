package remote

import (
	"cmp"
	"crypto/x509"
	"net/url"
	"strings"
	"time"
)

// Endpoint is where a host can be reached.
type Endpoint struct {
	// URL of the WSMan listener, e.g. "https://fe01.contoso.com:5986/wsman". Without a
	// path it is /wsman, without a port it is 5986, 5985 with http, and 443 with the path
	// /OcsPowershell. http is for Kerberos and NTLM, which seal their messages.
	URL string
	// Machine is the host's FQDN where the URL may name it otherwise, such as by an
	// address. It is for messages only. Empty means ServerName, else the URL's host.
	Machine string
	// ServerName is the name in the host's certificate when that differs from
	// the URL's host. It never switches verification off.
	ServerName string
	// Roots are the authorities that may have signed the host's certificate. nil
	// means the system's authorities.
	Roots *x509.CertPool
	// Configuration is the name of the session configuration to work in. Empty means
	// a worker in a remote shell.
	Configuration string
	// SPN names the host's service for Kerberos. Empty means that "HTTP/" and then
	// "WSMAN/" with ServerName, else the host of the URL, is tried.
	SPN string
	// Delegate hands the account's Kerberos ticket to the host, which can then sign
	// in to other hosts with it.
	Delegate bool
	// Idle is how long the host keeps a session to which nothing is sent, with what runs
	// in it; zero: as the protocol's options say.
	Idle time.Duration
}

// Name is the host in messages for people: the machine first, then host and port of the
// URL where those name it otherwise. It leaves out every secret that a URL may carry.
func (e Endpoint) Name() string {
	machine, at := cmp.Or(e.Machine, e.ServerName), "the endpoint"
	u, err := url.Parse(e.URL)
	if err == nil && u.Host != "" {
		at = u.Host
	}
	if machine == "" || u != nil && strings.EqualFold(machine, u.Hostname()) {
		return at
	}
	return machine + " (" + at + ")"
}
