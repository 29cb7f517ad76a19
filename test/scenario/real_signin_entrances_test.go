//go:build interop

package scenario_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/rand"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/lyncsim/wsman"
	"github.com/fedroute/fedroute/test/support/kdc"
)

// passwords signs in with NTLM to the account of the domain, and with Basic or NTLM to the
// account of the Edge servers.
type passwords struct{ edges wsman.Method }

func (p *passwords) config(t *testing.T) sim.Config {
	spec := sampleFarm(t, "one-site-two-pools")
	spec.Accounts = []farm.Account{
		{Name: `CONTOSO\` + forManagement, Groups: farm.AllRights()},
		{Name: forEdge, Machines: machinesOf(spec, forEdge), Groups: []string{farm.LocalAdministrator}},
	}
	spec.Hosts = []farm.HostSpec{{LocalAccountTokenFilterPolicy: true}} // it is not the built-in account
	return sim.Config{Spec: spec, SignIn: sim.SignIn{Methods: []wsman.Method{wsman.Negotiate}, EdgeMethods: []wsman.Method{p.edges}}}
}

func (p *passwords) account(s *story, name string) farm.Account {
	all := s.org.Accounts()
	return all[slices.IndexFunc(all, func(a farm.Account) bool { return strings.HasSuffix(a.Name, name) })]
}

func (p *passwords) secret(s *story, name string) secretData {
	a := p.account(s, name)
	return secretData{"username": []byte(a.Name), "password": []byte(a.Password)}
}

func (p *passwords) rotate(s *story, name string) {
	a := p.account(s, name)
	a.Password = "Bb2-" + rand.String(20)
	s.secrets = append(s.secrets, a.Password)
	s.must(s.org.ReplaceAccount(a.Name, a))
}

// certificates map to accounts of Edge servers by their common name. A change replaces the
// account by another one.
type certificates struct{ passwords }

func (c *certificates) secret(s *story, name string) secretData {
	if name == forEdge {
		return s.clientCertificate(pki.Request{CommonName: c.account(s, forEdge).Name, Client: true})
	}
	return c.passwords.secret(s, name)
}

func (c *certificates) rotate(s *story, name string) {
	if name != forEdge {
		c.passwords.rotate(s, name)
		return
	}
	a := c.account(s, forEdge)
	old := a.Name
	a.Name = "next-" + forEdge
	s.must(s.org.ReplaceAccount(old, a))
}

// clientCertificate returns a Secret with a certificate of the organization's own
// authority.
func (s *story) clientCertificate(r pki.Request) secretData {
	s.Helper()
	leaf, err := s.org.CA().Issue(r)
	s.must(err)
	s.secrets = append(s.secrets, strings.Split(string(leaf.KeyPEM), "\n")[1])
	return secretData{"tls.crt": leaf.CertPEM, "tls.key": leaf.KeyPEM}
}

// realm of the organization's domain
const realm = "CONTOSO.COM"

// tickets signs in with Kerberos. Every machine is joined to a domain, Edge servers to a
// perimeter domain.
type tickets struct {
	keytab bool          // used in place of passwords
	life   time.Duration // lifetime of tickets; a day when zero
	kdc    *kdc.KDC
	words  map[string]string
}

func (k *tickets) config(t *testing.T) sim.Config {
	spec := sampleFarm(t, "one-site-two-pools")
	o := kdc.Options{}
	if k.life > 0 {
		o.TicketLife = k.life.String()
	}
	k.kdc = kdc.Start(t, realm, o)
	k.words = map[string]string{}
	for _, account := range []string{forManagement, forEdge} {
		k.words[account] = rand.String(20)
		k.kdc.User(t, account, k.words[account])
		spec.Accounts = append(spec.Accounts, farm.Account{Name: `CONTOSO\` + account, Groups: farm.AllRights()})
	}
	var services []string
	for _, m := range append(machinesOf(spec, forManagement), machinesOf(spec, forEdge)...) {
		services = append(services, "HTTP/"+m)
		k.kdc.Service(t, "HTTP/"+m)
	}
	return sim.Config{Spec: spec, SignIn: sim.SignIn{Keytab: k.kdc.Keytab(t, services...), Skew: time.Second,
		Methods: []wsman.Method{wsman.Kerberos}, EdgeMethods: []wsman.Method{wsman.Kerberos}}}
}

func (k *tickets) secret(s *story, name string) secretData {
	d := secretData{"username": []byte(name), "realm": []byte(realm), "krb5.conf": []byte(k.kdc.Conf)}
	if k.keytab {
		d["keytab"] = k.kdc.Keytab(s.T, name)
		return d
	}
	s.secrets = append(s.secrets, k.words[name])
	d["password"] = []byte(k.words[name])
	return d
}

func (k *tickets) rotate(s *story, name string) {
	if k.keytab {
		k.kdc.Run(s.T, "", "kadmin.local", "-q", "cpw -randkey "+name)
		return
	}
	k.words[name] = rand.String(20)
	k.kdc.Run(s.T, "", "kadmin.local", "-q", "cpw -pw "+k.words[name]+" "+name)
}
