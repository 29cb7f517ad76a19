//go:build interop

package scenario_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// secretData is the contents of a Secret, keytabs included.
type secretData map[string][]byte

// entrance is one way to sign in. The organization and the Secrets are both set up for it.
type entrance interface {
	// config describes the organization.
	config(t *testing.T) sim.Config
	// secret returns the contents of the Secret for management or Edge servers.
	secret(s *story, account string) secretData
	// rotate changes an account in the organization.
	rotate(s *story, account string)
}

// The accounts of these stories, one for management servers and one for Edge
// servers, and the Secrets by the same names.
const (
	forManagement = "manager"
	forEdge       = "edge"
)

// TestRealSignIn checks, for each way to sign in, that credentials are used from the moment
// they are in the Secret. Credentials that the organization no longer accepts must be
// reported.
func TestRealSignIn(t *testing.T) {
	const refused = "the credentials or the sign-in method were not accepted"
	const unlocked = "the password or keytab is wrong"
	cases := map[string]struct {
		attr, with       string
		management, edge v1alpha1.AuthenticationMethod
		entrance         entrance
		says             string // the message about credentials that are no longer good
	}{
		"Basic": {"Edge servers take Basic only: a failover, passwords change under way", "",
			v1alpha1.AuthNTLM, v1alpha1.AuthBasic, &passwords{wsman.Basic}, refused},
		"NTLM": {"all machines take NTLM only: a failover, passwords change under way", "",
			v1alpha1.AuthNTLM, v1alpha1.AuthNTLM, &passwords{wsman.Negotiate}, refused},
		"Certificate": {"Edge servers take client certificates only: a failover, certificates change under way", "",
			v1alpha1.AuthNTLM, v1alpha1.AuthCertificate, &certificates{passwords{wsman.Certificate}}, refused},
		"KerberosPassword": {"all machines take Kerberos only, passwords: a failover, passwords change under way", "krb5-kdc",
			v1alpha1.AuthKerberos, v1alpha1.AuthKerberos, &tickets{}, unlocked},
		"KerberosKeytab": {"all machines take Kerberos only, keytabs: a failover, keys change under way", "krb5-kdc",
			v1alpha1.AuthKerberos, v1alpha1.AuthKerberos, &tickets{keytab: true}, unlocked},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Attr("case", "Controller, "+c.attr)
			if c.with != "" {
				t.Attr("with", c.with)
			}
			s := enter(t, c.management, c.edge, c.entrance)
			r := s.route("edge1.contoso.com")
			s.settled(r)
			s.moveTo(r, "edge2.contoso.com")
			s.settled(r)
			s.hosts("edge2.contoso.com")

			before := s.writes()
			c.entrance.rotate(s, forManagement)
			c.entrance.rotate(s, forEdge)
			s.signOut()
			s.says(r, v1alpha1.ReasonDenied, c.says)
			s.put(forManagement, c.entrance.secret(s, forManagement))
			s.settled(r) // the plan has nothing to do on Edge servers
			s.moveTo(r, "edge1.contoso.com")
			s.says(r, v1alpha1.ReasonDenied, "read Edge server edge", c.says, "nothing was changed")
			s.unchanged(before)
			s.put(forEdge, c.entrance.secret(s, forEdge))
			s.settled(r)
			s.hosts("edge1.contoso.com")
		})
	}
}

// enter starts an organization that accepts one way to sign in, and describes it to the
// controller.
func enter(t *testing.T, management, edges v1alpha1.AuthenticationMethod, e entrance) *story {
	t.Helper()
	s := openWith(t, e.config(t))
	s.put(forManagement, e.secret(s, forManagement))
	s.put(forEdge, e.secret(s, forEdge))
	s.secret("dns-key", s.dnsSecret())
	lt := s.topology()
	lt.Spec.Management.Authentication = v1alpha1.Authentication{Method: management, SecretRef: v1alpha1.LocalReference{Name: forManagement}}
	lt.Spec.EdgeServers.Authentication = v1alpha1.Authentication{Method: edges, SecretRef: v1alpha1.LocalReference{Name: forEdge}}
	s.create(lt)
	return s
}

// put creates a Secret or replaces it.
func (s *story) put(name string, data secretData) {
	s.Helper()
	secret := &corev1.Secret{ObjectMeta: s.named(name), Data: data}
	if objects.Get(s.ctx, key(secret), &corev1.Secret{}) != nil {
		s.create(secret)
		return
	}
	change(s, &corev1.Secret{ObjectMeta: s.named(name)}, func(o *corev1.Secret) { o.Data = data })
}

// signOut cuts every connection, because a client that is signed in already does not notice
// a change of credentials.
func (s *story) signOut() {
	for _, e := range s.org.Endpoints() {
		s.org.WinRM(e.Machine).DropConnections()
	}
}

// machinesOf lists the machines that an account is for.
func machinesOf(spec farm.Spec, account string) []string {
	var out []string
	for _, site := range spec.Sites {
		for _, p := range site.EdgePools {
			for _, m := range p.Servers {
				if account == forEdge {
					out = append(out, m.FQDN)
				}
			}
		}
		for _, p := range site.FrontEndPools {
			for _, m := range p.Servers {
				if account == forManagement {
					out = append(out, m.FQDN)
				}
			}
		}
	}
	return out
}
