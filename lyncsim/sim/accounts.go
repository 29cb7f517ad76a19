package sim

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// fillAccounts adds the accounts that the description leaves out: a domain
// administrator and a local Administrator of the Edge servers, with passwords. It
// also adds a DNS key with its secret.
func (o *Organization) fillAccounts() {
	s := &o.spec
	s.NetBIOSDomain = s.Domain()
	if len(s.Accounts) == 0 {
		s.Accounts = []farm.Account{
			{Name: s.NetBIOSDomain + `\lyncadmin`, Groups: farm.AllRights()},
			{Name: builtIn, Machines: edgeServers(*s), Groups: []string{farm.LocalAdministrator}},
		}
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

// Accounts lists the accounts that may sign in, with their passwords.
func (o *Organization) Accounts() []farm.Account {
	o.people.RLock()
	defer o.people.RUnlock()
	return slices.Clone(o.spec.Accounts)
}

// ReplaceAccount replaces an account. With the same name, the account gets another
// password; with another name, the old account is gone. Connections that are signed
// in already stay signed in, as on Windows.
func (o *Organization) ReplaceAccount(name string, with farm.Account) error {
	o.people.Lock()
	defer o.people.Unlock()
	i := slices.IndexFunc(o.spec.Accounts, func(a farm.Account) bool { return strings.EqualFold(a.Name, name) })
	if i < 0 {
		return fmt.Errorf("nobody is called %s", name)
	}
	o.spec.Accounts[i] = with
	return nil
}

// SetPassword gives every account of that name another password: that of the domain, or those
// of the machines that have one. Connections that are signed in already stay signed in.
func (o *Organization) SetPassword(name, password string) error {
	o.people.Lock()
	defer o.people.Unlock()
	found := false
	for i, a := range o.spec.Accounts {
		if strings.EqualFold(a.Name, name) {
			o.spec.Accounts[i].Password, found = password, true
		}
	}
	if !found {
		return fmt.Errorf("nobody is called %s", name)
	}
	return nil
}

// DomainAccount is the first account of the domain: it manages the farm.
func (o *Organization) DomainAccount() farm.Account { return o.account(true) }

// LocalAccount is the first account of single machines: it manages Edge servers.
func (o *Organization) LocalAccount() farm.Account { return o.account(false) }

func (o *Organization) account(domain bool) farm.Account {
	for _, a := range o.Accounts() {
		if domain == (len(a.Machines) == 0) {
			return a
		}
	}
	return farm.Account{}
}

// DNSKeys lists the TSIG keys, with secrets.
func (o *Organization) DNSKeys() []farm.DNSKey { return slices.Clone(o.spec.DNS.Keys) }

// Lookup implements wsman.Accounts. A machine in a workgroup, as Edge servers are,
// knows its local accounts only. Other machines know the domain's as well.
func (m *machine) Lookup(user, domain string) (wsman.Account, bool) {
	user, domain = splitUPN(user, domain)
	local := domain == "" || strings.EqualFold(domain, m.Name()) || strings.EqualFold(domain, m.FQDN())
	for _, a := range m.org.Accounts() {
		owner, name, qualified := strings.Cut(a.Name, `\`)
		if !qualified {
			owner, name = "", a.Name
		}
		if !strings.EqualFold(name, user) || strings.HasSuffix(name, "$") { // nobody knows the password of a managed account
			continue
		}
		switch {
		case len(a.Machines) > 0:
			if local && slices.ContainsFunc(a.Machines, m.is) {
				return wsman.Account{Name: name, Password: a.Password, Groups: m.filtered(name, m.org.spec.TokenOn(a, m.info.FQDN))}, true
			}
		case m.org.joined(m.info) && (domain == "" || m.org.isDomain(domain, owner)):
			return wsman.Account{Name: name, Domain: owner, Password: a.Password, Groups: m.org.spec.TokenOn(a, m.info.FQDN)}, true
		}
	}
	return wsman.Account{}, false
}

// builtIn is the name of the account that every Windows has from the start.
const builtIn = "Administrator"

// filtered are the groups that a local account has over the network. Windows takes
// Administrators out of the token unless a policy forbids it; only the built-in account
// keeps its token. A renamed one is not told apart from others here.
func (m *machine) filtered(name string, groups []identity.Group) []identity.Group {
	if m.org.spec.Host(m.info.FQDN).LocalAccountTokenFilterPolicy || strings.EqualFold(name, builtIn) {
		return groups
	}
	return slices.DeleteFunc(groups, func(g identity.Group) bool { return g.SID == identity.Administrators })
}

func (m *machine) is(fqdn string) bool { return strings.EqualFold(fqdn, m.info.FQDN) }

// splitUPN splits user@contoso.com into user and domain.
func splitUPN(user, domain string) (string, string) {
	if name, suffix, ok := strings.Cut(user, "@"); ok && domain == "" {
		return name, suffix
	}
	return user, domain
}

// isDomain reports whether a name names the domain: by its NetBIOS name, by its
// realm or by a SIP domain. The SIP domain stands for the domain's DNS name here.
func (o *Organization) isDomain(name, owner string) bool {
	return strings.EqualFold(name, owner) || strings.EqualFold(name, o.spec.NetBIOSDomain) || o.isRealm(name) ||
		slices.ContainsFunc(o.spec.SIPDomains, func(d string) bool { return strings.EqualFold(d, name) })
}
