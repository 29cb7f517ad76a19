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
	// Keytab has the keys of HTTP/<FQDN>, WSMAN/<FQDN> or HOST/<FQDN> for every machine
	// of the domain. These machines then accept Kerberos. An Edge server that the keytab names is joined
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
		if names := o.serviceNames(m); m.Role != farm.RoleEdge && len(o.keyedNames(m)) == 0 {
			return fmt.Errorf("the keytab has no keys of %s; add them", names[0])
		}
	}
	return nil
}

// serviceNames are the service principal names that the account of a machine owns.
func (o *Organization) serviceNames(m farm.Machine) []string {
	names := []string{"HTTP/" + m.FQDN, "WSMAN/" + m.FQDN, "HOST/" + m.FQDN}
	if o.spec.WebAccountOwnsHTTP && strings.EqualFold(m.Pool, m.FQDN) {
		return names[1:]
	}
	return names
}

// keyedNames are those of which the keytab has keys.
func (o *Organization) keyedNames(m farm.Machine) []string { return o.keyed(o.serviceNames(m)) }

func (o *Organization) keyed(names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool {
		return !slices.ContainsFunc(o.principals, func(p kerberos.Principal) bool { return strings.EqualFold(p.Name, name) })
	})
}

func (o *Organization) isRealm(name string) bool {
	return slices.ContainsFunc(o.principals, func(p kerberos.Principal) bool { return strings.EqualFold(p.Realm, name) })
}

// joined reports whether a machine accepts the accounts of the domain.
func (o *Organization) joined(m farm.Machine) bool {
	return m.Role != farm.RoleEdge || len(o.keyedNames(m)) > 0
}

func (s SignIn) methods(m farm.Machine) []wsman.Method {
	if m.Role == farm.RoleEdge {
		return s.EdgeMethods
	}
	return s.Methods
}

// acceptor is the machine's side of Kerberos; nil when the machine does not accept
// Kerberos.
func (o *Organization) acceptor(m farm.Machine) (wsman.Acceptor, error) {
	return o.acceptorOf(o.serviceNames(m))
}

// acceptorOf takes tickets for the services of which the keytab has keys.
func (o *Organization) acceptorOf(names []string) (wsman.Acceptor, error) {
	names = o.keyed(names)
	if len(names) == 0 {
		return nil, nil
	}
	var options []kerberos.Option
	if o.signIn.Skew > 0 {
		options = append(options, kerberos.Skew(o.signIn.Skew))
	}
	return kerberos.New(o.signIn.Keytab, names, options...)
}
