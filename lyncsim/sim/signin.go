package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/wsman"
	"github.com/fedroute/fedroute/lyncsim/wsman/kerberos"
)

// SignIn says how accounts sign in to WinRM. The zero value is NTLM, Basic and
// client certificates.
type SignIn struct {
	// Keytab has the keys of HTTP/<FQDN> of every machine of the domain, and makes
	// these machines take Kerberos. An Edge server that it names is joined to a
	// domain of the perimeter network; the others are in a workgroup. Users of the
	// realm are the accounts of the domain by the same name.
	Keytab []byte
	// Skew is how far the clocks of machines and clients may be apart; 5 minutes
	// when zero.
	Skew time.Duration
	// Methods are the ways in that machines offer, EdgeMethods those of Edge
	// servers; every one when empty.
	Methods, EdgeMethods []wsman.Method
}

// readKeytab notes the keytab's machines and realms, and that none is left out.
func (o *Organization) readKeytab() error {
	if len(o.signIn.Keytab) == 0 {
		return nil
	}
	var err error
	if o.principals, err = kerberos.Principals(o.signIn.Keytab); err != nil {
		return err
	}
	for _, m := range o.farm.Machines() {
		if m.Role != farm.RoleEdge && !o.hasKeys(m.FQDN) {
			return fmt.Errorf("the keytab has no keys of %s; add them", service(m.FQDN))
		}
	}
	return nil
}

func service(fqdn string) string { return "HTTP/" + fqdn }

func (o *Organization) hasKeys(fqdn string) bool {
	return slices.ContainsFunc(o.principals, func(p kerberos.Principal) bool { return p.Name == service(fqdn) })
}

func (o *Organization) isRealm(name string) bool {
	return slices.ContainsFunc(o.principals, func(p kerberos.Principal) bool { return strings.EqualFold(p.Realm, name) })
}

// joined says whether a machine knows the accounts of the domain.
func (o *Organization) joined(m farm.Machine) bool {
	return m.Role != farm.RoleEdge || o.hasKeys(m.FQDN)
}

func (s SignIn) methods(m farm.Machine) []wsman.Method {
	if m.Role == farm.RoleEdge {
		return s.EdgeMethods
	}
	return s.Methods
}

// acceptor is the machine's side of Kerberos; nil when it takes none.
func (o *Organization) acceptor(fqdn string) (wsman.Acceptor, error) {
	if !o.hasKeys(fqdn) {
		return nil, nil
	}
	var options []kerberos.Option
	if o.signIn.Skew > 0 {
		options = append(options, kerberos.Skew(o.signIn.Skew))
	}
	return kerberos.New(o.signIn.Keytab, service(fqdn), options...)
}
