package sim

import (
	"crypto/tls"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
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
	// stranger issues the certificates whose issuer no partner gets to see.
	stranger *pki.CA
}

type kept struct {
	of   farm.Certificate
	cert *tls.Certificate
}

// same reports whether the certificate was made for the same content.
func (k kept) same(want farm.Certificate) bool {
	return k.of.NotBefore.Equal(want.NotBefore) && k.of.NotAfter.Equal(want.NotAfter) && slices.Equal(k.of.Names, want.Names) && k.of.Loose == want.Loose
}

// edge is the certificate of a machine's Access Edge.
func (c *certificates) edge(want farm.Certificate) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k, ok := c.kept[want.Machine]; ok && k.same(want) {
		return k.cert, nil
	}
	issuer, err := c.issuerOf(want)
	if err != nil {
		return nil, err
	}
	cert, err := issue(issuer, pki.Request{CommonName: want.Subject, DNSNames: want.Names, NotBefore: want.NotBefore, NotAfter: want.NotAfter})
	if err != nil {
		return nil, err
	}
	if c.kept == nil {
		c.kept = map[string]kept{}
	}
	c.kept[want.Machine] = kept{want, &cert}
	return &cert, nil
}

func (c *certificates) issuerOf(want farm.Certificate) (_ *pki.CA, err error) {
	if want.Loose && c.stranger == nil {
		c.stranger, err = pki.New("an issuer that nobody shows", time.Now(), caLife)
	}
	if want.Loose {
		return c.stranger, err
	}
	return c.ca, nil
}

// thumbprint is that of the certificate that the Access Edge shows.
func (c *certificates) thumbprint(want farm.Certificate) string {
	cert, err := c.edge(want)
	if err != nil {
		return ""
	}
	return pki.Thumbprint(cert.Certificate[0])
}

// StoredCertificates lists what the certificate store of the organization's machine has.
func StoredCertificates(f *farm.Farm, fqdn string) []dotnet.StoredCertificate {
	c, err := f.AccessEdgeCertificate(fqdn)
	if err != nil {
		return nil // not an Edge server
	}
	stored := dotnet.StoredCertificate{Thumbprint: c.Thumbprint}
	if c.Expired(f.Clock().Now()) {
		stored.Chain = append(stored.Chain, "NotTimeValid")
	}
	if c.Loose {
		stored.Chain = append(stored.Chain, "PartialChain")
	}
	return []dotnet.StoredCertificate{stored}
}

// machine is the certificate of a machine's WinRM service. It has the machine's name
// and its address, because clients may connect by either.
func (c *certificates) machine(fqdn string, address netip.Addr) (tls.Certificate, error) {
	return issue(c.ca, pki.Request{CommonName: fqdn, DNSNames: []string{fqdn}, IPs: []net.IP{address.AsSlice()}})
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

func issue(by *pki.CA, r pki.Request) (tls.Certificate, error) {
	leaf, err := by.Issue(r)
	if err != nil {
		return tls.Certificate{}, err
	}
	return leaf.TLS()
}
