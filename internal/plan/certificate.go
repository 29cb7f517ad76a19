package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// Shown is a name that a certificate must carry for partners to accept it. Any of the names
// will do; the first one is named to a person. Wildcard: so will a wildcard that covers one.
type Shown struct {
	Names    []string
	Wildcard bool
}

// shownNames lists what the external certificate of the pool's machines must carry: the
// Access Edge name and the host of each SRV record of SIP; for XMPP each domain, or where
// the version allows it the host of its SRV record or a wildcard.
func shownNames(in Intent, pool lync.EdgePool, product lync.Product) []Shown {
	out := []Shown{{Names: []string{strings.ToLower(pool.ExternalFQDN)}}}
	add := func(s Shown) {
		if !slices.ContainsFunc(out, func(o Shown) bool { return slices.Equal(o.Names, s.Names) && o.Wildcard == s.Wildcard }) {
			out = append(out, s)
		}
	}
	for _, p := range in.Protocols {
		for _, domain := range p.Domains {
			host, err := hostOf(domain, p.Protocol, pool)
			switch {
			case p.Protocol == lync.SIP && err == nil:
				add(Shown{Names: []string{host}})
			case p.Protocol == lync.XMPP && product.XMPPByHost && err == nil:
				add(Shown{Names: []string{domain.Name, host}, Wildcard: true})
			case p.Protocol == lync.XMPP:
				add(Shown{Names: []string{domain.Name}})
			}
		}
	}
	return out
}

// carries reports whether the certificate has one of the names.
func carries(c lync.Certificate, want Shown) bool {
	return slices.ContainsFunc(want.Names, func(name string) bool {
		_, parent, _ := strings.Cut(name, ".")
		return slices.Contains(c.Names, name) || want.Wildcard && slices.Contains(c.Names, "*."+parent)
	})
}

// prove says what is wrong with the certificates of a pool that federation is to be led to.
// While the old pool serves, that holds the move. Where nobody is served, and where a
// certificate could not be read, the plan says so and goes on; and so it does when a move is
// taken back, because the pool served before with what it has.
func (c comparison) prove(change change) Plan {
	var p Plan
	if len(change.moved) == 0 {
		return p
	}
	faults, unknown := c.certificates(c.d.Pool, c.d.Shown)
	if len(unknown) > 0 {
		p.Notices = append(p.Notices, fmt.Sprintf("whether partners accept %s is not proven: %s", c.d.Pool.FQDN, strings.Join(unknown, "; ")))
	}
	if len(faults) == 0 {
		return p
	}
	cause := strings.Join(faults, "; ")
	if c.d.Back || !c.leavesWorkingPool() {
		p.Notices = append(p.Notices, fmt.Sprintf("partners may refuse %s: %s", c.d.Pool.FQDN, cause))
		return p
	}
	err := fault.New(fault.Refused, "prove the certificates of Edge pool", c.d.Pool.FQDN, cause).
		With("partners would refuse it, so nothing was changed and federation stays where it is",
			"assign a certificate with every name on all machines of the pool (Set-CsCertificate -Type AccessEdgeExternal) and restart their services; a pool that federation leaves only because it does not serve any more is left without this proof once its services are stopped")
	err.Err = ErrCertificate
	aspect := aspectOf(c.d.Protocols[0].Protocol)
	holds := []Resource{theStore}
	for _, s := range c.d.Pool.Servers {
		holds = append(holds, machine(s))
	}
	p.obstruct(aspect, err, Resource{SortCertificate, c.d.Pool.FQDN}, holds...)
	return p
}

// ErrCertificate is in the chain of an obstacle when partners would refuse the certificate of
// the pool that federation is to be led to.
var ErrCertificate = errors.New("partners would refuse the certificate")

// certificates gives what is wrong with the certificates of a pool's machines, and of which
// machines that is unknown.
func (c comparison) certificates(pool lync.EdgePool, names []Shown) (faults, unknown []string) {
	var first []string // the names of the first machine whose certificate is known
	var of string
	for _, s := range pool.Servers {
		part, read := c.o.Certificates[lync.HostOf(s.FQDN)]
		switch {
		case !read:
			unknown = append(unknown, "the certificate of "+s.FQDN+" has not been read yet")
			continue
		case !part.Known():
			unknown = append(unknown, fmt.Sprintf("the certificate of %s could not be read (%s)", s.FQDN, fault.Cause(part.Err)))
			continue
		}
		shown := part.Value
		if shown.ChainError != "" {
			unknown = append(unknown, fmt.Sprintf("%s could not look at the chain of its certificate (%s)", s.FQDN, fault.Line(shown.ChainError)))
		}
		for _, wrong := range c.wrong(shown, names) {
			faults = append(faults, s.FQDN+" "+wrong)
		}
		carried := slices.Sorted(slices.Values(shown.Names))
		if of == "" {
			first, of = carried, s.FQDN
		} else if !slices.Equal(first, carried) {
			faults = append(faults, fmt.Sprintf("%s does not carry the same names as %s", s.FQDN, of))
		}
	}
	return faults, unknown
}

// timeNotValid is how a machine calls a certificate out of its time, which the dates tell
// better.
const timeNotValid = "NotTimeValid"

// wrong lists what is wrong with one certificate that must carry some names.
func (c comparison) wrong(shown lync.Certificate, names []Shown) []string {
	if shown.Thumbprint == "" {
		return []string{"has no certificate for the external Access Edge"}
	}
	var out []string
	for _, want := range names {
		if !carries(shown, want) {
			out = append(out, "lacks the name "+strings.Join(want.Names, " or "))
		}
	}
	switch {
	case c.o.At.IsZero():
	case c.o.At.Before(shown.NotBefore):
		out = append(out, "has a certificate that is valid from "+shown.NotBefore.UTC().Format(time.RFC3339))
	case c.o.At.After(shown.NotAfter):
		out = append(out, "has a certificate that ended on "+shown.NotAfter.UTC().Format(time.RFC3339))
	}
	if flags := slices.DeleteFunc(slices.Clone(shown.Chain), func(flag string) bool { return flag == timeNotValid }); len(flags) > 0 {
		out = append(out, "has a certificate whose chain is not whole ("+strings.Join(flags, ", ")+")")
	}
	return out
}
