package sim

import (
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// caLife is how long a simulated organization's authority is valid.
const caLife = 10 * 365 * 24 * time.Hour

// certificates issues the certificates of the organization's listeners. It keeps an
// Edge certificate until the farm reports that the certificate has changed.
type certificates struct {
	ca *pki.CA

	mu   sync.Mutex
	kept map[string]kept
}

type kept struct {
	from, to time.Time
	cert     *tls.Certificate
}

// edge is the certificate of a machine's Access Edge.
func (c *certificates) edge(want farm.Certificate) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k, ok := c.kept[want.Machine]; ok && k.from.Equal(want.NotBefore) && k.to.Equal(want.NotAfter) {
		return k.cert, nil
	}
	cert, err := c.issue(pki.Request{CommonName: want.Subject, DNSNames: want.Names, NotBefore: want.NotBefore, NotAfter: want.NotAfter})
	if err != nil {
		return nil, err
	}
	if c.kept == nil {
		c.kept = map[string]kept{}
	}
	c.kept[want.Machine] = kept{want.NotBefore, want.NotAfter, &cert}
	return &cert, nil
}

// machine is the certificate of a machine's WinRM service. It has the machine's name
// and its address, because clients may connect by either.
func (c *certificates) machine(fqdn string, address netip.Addr) (tls.Certificate, error) {
	return c.issue(pki.Request{CommonName: fqdn, DNSNames: []string{fqdn}, IPs: []net.IP{address.AsSlice()}})
}

// ClientCertificate is the certificate with which a local account signs in without a
// password. Only local accounts have one: Windows maps client certificates to
// accounts of the machine only.
func (o *Organization) ClientCertificate(a farm.Account) (pki.Leaf, error) {
	if len(a.Machines) == 0 {
		return pki.Leaf{}, refusal.New(refusal.Invalid, "issue a client certificate for", a.Name, "it is an account of the domain; take one of a machine")
	}
	return o.ca.Issue(pki.Request{CommonName: a.Name, Client: true})
}

func (c *certificates) issue(r pki.Request) (tls.Certificate, error) {
	leaf, err := c.ca.Issue(r)
	if err != nil {
		return tls.Certificate{}, err
	}
	return leaf.TLS()
}
