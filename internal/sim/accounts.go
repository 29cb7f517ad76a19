package sim

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/farm"
	"github.com/fedroute/fedroute/internal/sim/wsman"
)

// fillAccounts adds what the description leaves out: a domain administrator, a
// local Administrator of the Edge servers, passwords, a DNS key with its secret.
func (o *Organization) fillAccounts() {
	s := &o.spec
	if s.NetBIOSDomain == "" {
		s.NetBIOSDomain = strings.ToUpper(s.Name)
	}
	if len(s.Accounts) == 0 {
		s.Accounts = []farm.Account{{Name: s.NetBIOSDomain + `\lyncadmin`}, {Name: "Administrator", Machines: edgeServers(*s)}}
	}
	s.Accounts = slices.Clone(s.Accounts)
	for i := range s.Accounts {
		if s.Accounts[i].Password == "" {
			s.Accounts[i].Password = "Aa1-" + rand.Text()[:20]
		}
	}
	if len(s.DNS.Keys) == 0 {
		s.DNS.Keys = []farm.DNSKey{{Name: "fedroute"}}
	}
	s.DNS.Keys = slices.Clone(s.DNS.Keys)
	for i := range s.DNS.Keys {
		k := &s.DNS.Keys[i]
		if k.Algorithm == "" {
			k.Algorithm = "hmac-sha256"
		}
		if k.Secret == "" {
			secret := make([]byte, 32)
			_, _ = rand.Read(secret) // never fails
			k.Secret = base64.StdEncoding.EncodeToString(secret)
		}
	}
}

func edgeServers(s farm.Spec) []string {
	var out []string
	for _, site := range s.Sites {
		for _, p := range site.EdgePools {
			for _, m := range p.Servers {
				out = append(out, m.FQDN)
			}
		}
	}
	return out
}

// Accounts lists who may sign in, with passwords.
func (o *Organization) Accounts() []farm.Account { return slices.Clone(o.spec.Accounts) }

// DomainAccount is the first account of the domain: it manages the farm.
func (o *Organization) DomainAccount() farm.Account { return o.account(true) }

// LocalAccount is the first account of single machines: it manages Edge servers.
func (o *Organization) LocalAccount() farm.Account { return o.account(false) }

func (o *Organization) account(domain bool) farm.Account {
	for _, a := range o.spec.Accounts {
		if domain == (len(a.Machines) == 0) {
			return a
		}
	}
	return farm.Account{}
}

// DNSKeys lists the TSIG keys, with secrets.
func (o *Organization) DNSKeys() []farm.DNSKey { return slices.Clone(o.spec.DNS.Keys) }

// Lookup implements wsman.Accounts. An Edge server is in a workgroup: it knows
// its local accounts only. Other machines know the domain's accounts as well.
func (m *machine) Lookup(user, domain string) (wsman.Account, bool) {
	user, domain = splitUPN(user, domain)
	local := domain == "" || strings.EqualFold(domain, m.Name()) || strings.EqualFold(domain, m.FQDN())
	for _, a := range m.org.spec.Accounts {
		owner, name, qualified := strings.Cut(a.Name, `\`)
		if !qualified {
			owner, name = "", a.Name
		}
		if !strings.EqualFold(name, user) {
			continue
		}
		switch {
		case len(a.Machines) > 0:
			if local && slices.ContainsFunc(a.Machines, m.is) {
				return administrator(name, "", a.Password), true
			}
		case m.info.Role != farm.RoleEdge && (domain == "" || m.org.isDomain(domain, owner)):
			return administrator(name, owner, a.Password), true
		}
	}
	return wsman.Account{}, false
}

func (m *machine) is(fqdn string) bool { return strings.EqualFold(fqdn, m.info.FQDN) }

// splitUPN takes user@contoso.com apart.
func splitUPN(user, domain string) (string, string) {
	if name, suffix, ok := strings.Cut(user, "@"); ok && domain == "" {
		return name, suffix
	}
	return user, domain
}

// isDomain: the domain is named by its NetBIOS name or by a SIP domain, which
// stands for the domain's DNS name here.
func (o *Organization) isDomain(name, owner string) bool {
	return strings.EqualFold(name, owner) || strings.EqualFold(name, o.spec.NetBIOSDomain) ||
		slices.ContainsFunc(o.spec.SIPDomains, func(d string) bool { return strings.EqualFold(d, name) })
}

func administrator(name, domain, password string) wsman.Account {
	return wsman.Account{Name: name, Domain: domain, Password: password, Groups: []string{wsman.Administrators}}
}
