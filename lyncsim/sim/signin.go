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

// SignIn sets how accounts sign in to WinRM. The zero value allows NTLM, Basic and
// client certificates.
type SignIn struct {
	// Keytab has the keys of HTTP/<FQDN> for every machine of the domain. These
	// machines then accept Kerberos. An Edge server that the keytab names is joined
	// to a domain of the perimeter network; the others are in a workgroup. Users of
	// the realm are the accounts of the domain with the same name.
	Keytab []byte
	// Skew is how far the clocks of machines and clients may differ; zero means 5
	// minutes.
	Skew time.Duration
	// Methods are the sign-in methods that machines offer, EdgeMethods those of Edge
	// servers. An empty list means all methods.
	Methods, EdgeMethods []wsman.Method
}

// readKeytab reads the machines and realms of the keytab, and checks that no machine
// of the domain is missing.
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

// joined reports whether a machine accepts the accounts of the domain.
func (o *Organization) joined(m farm.Machine) bool {
	return m.Role != farm.RoleEdge || o.hasKeys(m.FQDN)
}

func (s SignIn) methods(m farm.Machine) []wsman.Method {
	if m.Role == farm.RoleEdge {
		return s.EdgeMethods
	}
	return s.Methods
}

// acceptor is the machine's side of Kerberos; nil when the machine does not accept
// Kerberos.
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
