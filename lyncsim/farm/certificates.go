package farm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Certificate describes the content of an Edge server's external certificate.
type Certificate struct {
	Machine   string
	Use       string // AccessEdgeExternal
	Subject   string
	Names     []string // subject alternative names
	NotBefore time.Time
	NotAfter  time.Time
	// Loose: the certificate of who issued it is not on the machine, and partners do not
	// get it either.
	Loose bool
	// Thumbprint names the certificate.
	Thumbprint string
}

// NewCertificate is what a person assigns to a machine's Access Edge.
type NewCertificate struct {
	// Life is how long it is valid from now on. With a life of zero or less, it has already
	// expired.
	Life time.Duration
	// Without are names that it lacks.
	Without []string
	Loose   bool
}

// Expired reports whether the certificate has expired at the time.
func (c Certificate) Expired(at time.Time) bool { return at.After(c.NotAfter) }

// AccessEdgeCertificate describes the certificate of a machine's Access Edge. It has
// the external FQDN, sip.<domain> of every SIP domain and, where the product has
// XMPP, each SIP and XMPP domain itself. Every server of a pool has the same names, unless a
// person assigned another certificate. Faults: Invalid.
func (f *Farm) AccessEdgeCertificate(fqdn string) (Certificate, error) {
	c, err := f.accessEdgeCertificate(fqdn)
	if err == nil {
		c.Thumbprint = f.thumbprint(c)
	}
	return c, err
}

func (f *Farm) accessEdgeCertificate(fqdn string) (Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, err := f.machine(fqdn)
	if err != nil {
		return Certificate{}, err
	}
	if m.role != RoleEdge {
		return Certificate{}, notFound("find the certificate of "+m.fqdn, "Access Edge certificate", "AccessEdgeExternal")
	}
	c := Certificate{Machine: m.fqdn, Use: "AccessEdgeExternal", NotBefore: m.certificateFrom, NotAfter: m.certificateTo, Loose: m.certificateLoose}
	c.Subject = f.externalName(m)
	c.Names = append(c.Names, c.Subject)
	for _, d := range f.config.Published.Domains {
		c.Names = append(c.Names, "sip."+d)
	}
	if f.product.XMPP {
		c.Names = append(c.Names, f.config.Published.Domains...)
		c.Names = append(c.Names, f.spec.XMPPDomains...)
	}
	c.Names = append(c.Names, f.spec.Certificates.Names...)
	slices.Sort(c.Names[1:])
	c.Names = slices.DeleteFunc(slices.Compact(c.Names), func(name string) bool { return slices.Contains(m.certificateWithout, name) })
	return c, nil
}

// FrontEndCertificate describes the certificate that the Front End service of a
// machine presents inside the organization. It has the name of the pool and the
// machine's own name ("Certificate requirements for internal servers"). Faults:
// Invalid.
func (f *Farm) FrontEndCertificate(fqdn string) (Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, err := f.machine(fqdn)
	if err != nil {
		return Certificate{}, err
	}
	if m.role != RoleFrontEnd {
		return Certificate{}, notFound("find the certificate of "+m.fqdn, "Front End certificate", "Default")
	}
	names := slices.Compact([]string{strings.ToLower(m.pool), strings.ToLower(m.fqdn)})
	return Certificate{Machine: m.fqdn, Use: "Default", Subject: names[0], Names: names, NotBefore: m.certificateFrom, NotAfter: m.certificateTo}, nil
}

func (f *Farm) externalName(m *machine) string {
	return strings.ToLower(f.config.Published.ExternalFQDN(m.pool))
}

// AssignCertificate gives a machine's Access Edge another certificate.
func (f *Farm) AssignCertificate(a Actor, fqdn string, c NewCertificate) error {
	to := f.clock.Now().Add(c.Life)
	return f.machineEvent(a, fqdn, "Access Edge certificate", to.Format(time.RFC3339), func(m *machine) string {
		was := m.certificateTo
		m.certificateFrom, m.certificateTo = f.clock.Now().Add(-time.Hour), to
		m.certificateWithout, m.certificateLoose = c.Without, c.Loose
		return was.Format(time.RFC3339)
	})
}

// contentOf is the thumbprint of a certificate that nobody made: a hash of what it would say.
func contentOf(c Certificate) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %q %d %d %v", c.Machine, c.Subject, c.Names, c.NotBefore.UnixNano(), c.NotAfter.UnixNano(), c.Loose))
	return strings.ToUpper(hex.EncodeToString(sum[:20]))
}

// InXMPP reports whether the organization uses XMPP for the domain.
func (f *Farm) InXMPP(domain string) bool {
	return slices.ContainsFunc(f.spec.XMPPDomains, func(d string) bool { return strings.EqualFold(d, domain) })
}
