//go:build interop

package clients_test

import (
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/test/support/kdc"
	"github.com/fedroute/fedroute/test/support/lyncsim"
)

const (
	root  = "../../.."
	realm = "CONTOSO.COM"
)

// place is an organization that accepts every sign-in method, and its realm.
type place struct {
	*lyncsim.Organization
	kdc *kdc.KDC
}

func newPlace(t *testing.T) *place {
	t.Helper()
	k := kdc.Start(t, realm, kdc.Options{})
	services := []string{"HTTP/fe1.contoso.com", "HTTP/fe2.contoso.com"}
	for _, s := range services {
		k.Service(t, s)
	}
	keytab := k.File(k.KeytabFile(t, services...))
	o := lyncsim.Start(t, root, lyncsim.Options{Farm: "one-site-two-pools", Flags: []string{"--keytab", keytab}})
	admin := o.Account(t, o.Machine(t, "fe1.contoso.com"))
	k.User(t, "lyncadmin", admin.Password)
	k.Write(t, "password", admin.Password+"\n")
	k.Run(t, admin.Password+"\n", "kinit", "-c", "cache", "lyncadmin")
	return &place{Organization: o, kdc: k}
}

// signIn is a machine and the credentials for it.
type signIn struct {
	Method         string // Basic, NTLM, Kerberos or Certificate
	Machine        sim.Endpoint
	Host, Port     string
	User, Password string
	Whoami         string
	CA             string // file
	Cert, Key      string // files, for Certificate
	Krb5Conf       string // file, for Kerberos
	Cache          string // of tickets, for Kerberos
	// OperationTimeout, in seconds, of each request; the client's own when 0.
	OperationTimeout int
}

// signIn returns credentials for a machine. A Front End server gets the domain's account.
// An Edge server gets a local account for the methods for which Windows accepts only these.
func (p *place) signIn(t *testing.T, method string) signIn {
	t.Helper()
	name := "fe1.contoso.com"
	if method == "Basic" || method == "Certificate" {
		name = "edge1.contoso.com"
	}
	m := p.Machine(t, name)
	a := p.Account(t, m)
	s := signIn{Method: method, Machine: m, User: a.Name, Password: a.Password, CA: p.File("ca.crt"), Whoami: strings.ToLower(a.Name)}
	s.Host, s.Port = lyncsim.Host(m)
	switch method {
	case "Basic", "Certificate":
		s.Whoami = `edge1\` + s.Whoami
	case "Kerberos":
		s.User, s.Krb5Conf, s.Cache = "lyncadmin@"+realm, p.kdc.File("krb5.conf"), p.kdc.File("cache")
	}
	if method == "Certificate" {
		s.Cert, s.Key, s.Password = p.File("administrator.crt"), p.File("administrator.key"), ""
	}
	return s
}

// kerberosEnv is the environment for programs that use the system's Kerberos.
func (s signIn) kerberosEnv() []string {
	if s.Method != "Kerberos" {
		return nil
	}
	return []string{"KRB5_CONFIG=" + s.Krb5Conf, "KRB5CCNAME=" + s.Cache}
}
