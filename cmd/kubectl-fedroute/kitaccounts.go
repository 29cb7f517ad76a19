package main

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/internal/lync"
)

// accountBook is what the Secrets of an organization are to hold. Secrets with the same
// name are one account.
type accountBook struct {
	options   kitOptions
	namespace string
	domain    string // its NetBIOS name
	realm     string
	secrets   []kit.Credential
	homes     map[string]string // of each Secret: the domain, or "" for Edge machines
}

// addAccounts makes up an account for each Secret that the objects name for a machine of the
// kit, with a password, and hands it to the installer that makes it.
func (o kitOptions) addAccounts(k *kit.Kit, topology v1alpha1.LyncTopology, routes []v1alpha1.FederationRoute) error {
	book := accountBook{options: o, namespace: topology.Namespace, homes: map[string]string{}}
	book.domain, _, _ = strings.Cut(o.runAs, `\`)
	if len(k.Machines) > 0 {
		_, suffix, _ := strings.Cut(k.Machines[0].FQDN, ".")
		book.realm = strings.ToUpper(suffix)
	}
	var err error
	if k.Accounts, err = book.take(nil, book.both(topology.Spec.Management.Accounts), book.domain); err != nil {
		return err
	}
	for i, m := range k.Machines {
		if !m.Has(kit.Edge) {
			continue
		}
		if k.Machines[i].Accounts, err = book.take(nil, book.both(edgeAccounts(topology.Spec, m.FQDN)), ""); err != nil {
			return err
		}
	}
	for _, r := range routes {
		for _, a := range zoneAccounts(r) {
			if k.Accounts, err = book.take(k.Accounts, []need{{a, "fedroute-dns", o.operators, true}}, book.domain); err != nil {
				return err
			}
		}
	}
	k.Secrets = book.secrets
	return nil
}

// edgeAccounts are the accounts of one Edge machine.
func edgeAccounts(spec v1alpha1.LyncTopologySpec, fqdn string) v1alpha1.Accounts {
	if spec.EdgeServers == nil {
		return v1alpha1.Accounts{}
	}
	for _, o := range spec.EdgeServers.Overrides {
		if lync.SameHost(string(o.FQDN), fqdn) {
			return cmp.Or(o.Accounts, spec.EdgeServers.Accounts)
		}
	}
	return spec.EdgeServers.Accounts
}

// zoneAccounts are those of Windows DNS servers that have others than the organization.
func zoneAccounts(r v1alpha1.FederationRoute) (list []v1alpha1.Authentication) {
	if r.Spec.DNS == nil {
		return nil
	}
	for _, s := range r.Spec.DNS.Servers {
		if s.Provider == v1alpha1.DNSServerCmdlets && s.Authentication != nil {
			list = append(list, *s.Authentication)
		}
	}
	return list
}

// need is an account that the objects name.
type need struct {
	authentication v1alpha1.Authentication
	name, group    string // Windows takes 20 characters as an account's name
	writes         bool
}

// both are the operator, the account that serves alone, and the reader. Whoever may change
// something comes first, because a Secret may be named for both.
func (b *accountBook) both(a v1alpha1.Accounts) []need {
	return []need{
		{a.Operator, "fedroute-operator", b.options.operators, true},
		{a.Authentication, "fedroute-operator", b.options.operators, true},
		{a.Reader, "fedroute-reader", b.options.readers, false},
	}
}

// take adds accounts of a domain, or of an Edge machine (""), to a list. It leaves out whom
// a person has to make: an account with a client certificate has no password, and an Edge
// machine that takes Kerberos is in a domain of its own.
func (b *accountBook) take(list []kit.Account, needs []need, home string) ([]kit.Account, error) {
	for _, n := range needs {
		secret := n.authentication.SecretRef.Name
		method := n.authentication.Method
		if secret == "" || method == v1alpha1.AuthCertificate || method == v1alpha1.AuthKerberos && home == "" {
			continue
		}
		if have, ok := b.homes[secret]; ok && have != home {
			return nil, fmt.Errorf("the Secret %s is named for the domain and for Edge machines, whose accounts differ; name another for one of them", secret)
		}
		b.homes[secret] = home
		i := slices.IndexFunc(b.secrets, func(c kit.Credential) bool { return c.Name == secret })
		if i < 0 {
			i = len(b.secrets)
			b.secrets = append(b.secrets, b.credential(n, home))
		}
		account := kit.Account{Name: b.secrets[i].Username, Group: n.group, Password: b.secrets[i].Password}
		account.Name = account.Name[strings.LastIndex(account.Name, `\`)+1:]
		if b.secrets[i].Writes {
			account.Group = b.options.operators
		}
		switch at := slices.IndexFunc(list, func(a kit.Account) bool { return a.Name == account.Name }); {
		case at < 0:
			list = append(list, account)
		case list[at] != account:
			return nil, fmt.Errorf("two Secrets would hold the account %s of one machine; name one Secret for both, or write --accounts=false and make the accounts yourself", account.Name)
		}
	}
	return list, nil
}

// credential is the account that a Secret is to hold. Kerberos takes the realm apart, which
// is the domain's DNS name.
func (b *accountBook) credential(n need, home string) kit.Credential {
	c := kit.Credential{Namespace: b.namespace, Name: n.authentication.SecretRef.Name, Username: n.name, Password: password(), Writes: n.writes}
	switch {
	case n.authentication.Method == v1alpha1.AuthKerberos:
		c.Realm = b.realm
	case home != "":
		c.Username = home + `\` + n.name
	}
	return c
}

// password has 130 random bits, and the four kinds of characters that Windows asks for.
func password() string { return "Fr1-" + rand.Text() }
