package chaos_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// organizationOf chooses the organization of a seed: its size, its version, its zones and
// their servers, and whether a password alone reads something. Where it does not, fedroute
// works through session configurations of the endpoint kit, otherwise in remote shells.
func organizationOf(t *testing.T, seed uint64) farm.Spec {
	t.Helper()
	d := diceFor(seed, "farm")
	form := d.IntN(12)
	var spec farm.Spec
	switch {
	case form < 6:
		spec = sample(t, "one-site-two-pools")
		spec.Product = d.of("LyncServer2013", "SkypeForBusinessServer2015")
		if d.IntN(3) == 0 {
			enlarge(&spec, 2+d.IntN(2))
		}
	case form < 10:
		spec = sample(t, "sfb2019-no-xmpp")
		spec.Product = d.of("SkypeForBusinessServer2019", "SkypeForBusinessServerSE")
	case form < 11:
		spec = sample(t, "enterprise-second-hop")
	default:
		spec = sample(t, "three-sites-four-pools")
	}
	for _, s := range spec.Sites {
		for _, p := range s.EdgePools {
			for i := range p.Servers {
				p.Servers[i].ExternalAddress = netip.Addr{} // the network in memory translates none
			}
		}
	}
	if len(spec.SIPDomains) == 1 && d.IntN(3) == 0 {
		spec.SIPDomains = append(spec.SIPDomains, "tailspin.com")
		if len(spec.XMPPDomains) > 0 {
			spec.XMPPDomains = append(spec.XMPPDomains, "tailspin.com")
		}
		spec.Certificates.Names = append(spec.Certificates.Names, "fed.tailspin.com")
	}
	spec.DNS.Servers = 1 + d.IntN(2)
	hops := form == 10 || d.IntN(5) == 0
	spec.ADReadableFromNetworkLogon, spec.SQLReachableFromNetworkLogon = !hops, !hops
	return spec
}

// enlarge gives each Edge pool several machines.
func enlarge(spec *farm.Spec, machines int) {
	for _, s := range spec.Sites {
		for i, p := range s.EdgePools {
			host, domain, _ := strings.Cut(p.FQDN, ".")
			s.EdgePools[i].Servers = nil
			for n := range machines {
				m := p.Servers[0]
				m.FQDN = fmt.Sprintf("%s-%d.%s", host, n+1, domain)
				s.EdgePools[i].Servers = append(s.EdgePools[i].Servers, m)
			}
		}
	}
}

// setClocks lets the clocks of Front End servers differ, in one organization of three.
func (w *world) setClocks(c cast) {
	d := diceFor(w.seed, "clock")
	if d.IntN(3) > 0 {
		return
	}
	for _, m := range c.fronts {
		w.must(w.org.Farm().SetClock(nora, m, d.between(-2*time.Minute, 2*time.Minute)))
	}
}

// byKit reports whether fedroute works through the endpoint kit.
func (w *world) byKit() bool { return !w.org.Farm().Spec().ADReadableFromNetworkLogon }

// The groups and accounts of the kit.
const (
	readers, operators = "FedRoute Readers", "FedRoute Operators"
	reader, operator   = "fedroute-reader", "fedroute-operator"
	runAs              = "fedroute$"
)

// install puts the kit on every machine. The accounts of all Edge machines are alike.
func (w *world) install() {
	w.Helper()
	spec := w.org.Farm().Spec()
	password := func(of string) string { return fmt.Sprintf("Aa1-%s-%d", of, w.seed) }
	two := func(where string) []kit.Account {
		return []kit.Account{{Name: reader, Group: readers, Password: password(where + "-reader")}, {Name: operator, Group: operators, Password: password(where + "-operator")}}
	}
	k := kit.Kit{Limits: kit.Limits{Zones: spec.SIPDomains}, Accounts: two("domain")}
	for _, s := range spec.Sites {
		k.Limits.Sites = append(append(k.Limits.Sites, s.Name), s.BranchSites...)
		for _, p := range s.EdgePools {
			k.Limits.Pools = append(k.Limits.Pools, p.FQDN)
		}
		for _, p := range s.FrontEndPools {
			k.Limits.Pools = append(k.Limits.Pools, p.FQDN)
		}
	}
	for _, e := range w.org.Endpoints() {
		home := spec.Domain()
		m := kit.Machine{FQDN: e.Machine, Roles: []kit.Role{kit.FrontEnd}, RunAs: home + `\` + runAs, Limits: k.Limits}
		if e.Role == farm.RoleEdge {
			home = kit.ComputerName(e.Machine)
			m.Roles, m.RunAs, m.Accounts = []kit.Role{kit.Edge}, "", two("edge")
		}
		m.Readers, m.Operators = home+`\`+readers, home+`\`+operators
		k.Machines = append(k.Machines, m)
	}
	files := fstest.MapFS{}
	for _, f := range k.Files() {
		files[f.Path] = &fstest.MapFile{Data: f.Bytes()}
	}
	w.kit = k
	w.must(w.org.InstallKit(files, true))
}

// reinstall puts the kit on a machine that has one. It says that it is of the version.
func (w *world) reinstall(machine string, version int) {
	says := func(version int) []byte { return fmt.Appendf(nil, "$kitVersion = %d", version) }
	files, said := fstest.MapFS{}, false
	for _, f := range w.kit.Files() {
		if _, path, its := strings.Cut("/"+f.Path, "/"+machine+"/"); its {
			said = said || bytes.Contains(f.Bytes(), says(kit.Version))
			files[path] = &fstest.MapFile{Data: bytes.Replace(f.Bytes(), says(kit.Version), says(version), 1)}
		}
	}
	if len(files) == 0 {
		return
	}
	if !said {
		w.Fatal("no file of the kit says its version")
	}
	w.must(w.org.Install(machine, files))
}

// account is that of the kit with this name, of the domain or of all Edge machines; without a
// kit there is one of each.
func (w *world) account(name string, domain bool) farm.Account {
	w.Helper()
	if !w.byKit() {
		if domain {
			return w.org.DomainAccount()
		}
		return w.org.LocalAccount()
	}
	all := w.org.Accounts()
	i := slices.IndexFunc(all, func(a farm.Account) bool {
		return (len(a.Machines) == 0) == domain && a.Name[strings.LastIndex(a.Name, `\`)+1:] == name
	})
	if i < 0 {
		w.Fatal("the kit made no account ", name)
	}
	return all[i]
}

// writers are the names with which fedroute writes in the organization.
func (w *world) writers() []string {
	if w.byKit() {
		return []string{w.org.Farm().Spec().Domain() + `\` + runAs, `WinRM Virtual Users\WinRM VA_1_` + operator}
	}
	return []string{w.org.DomainAccount().Name, w.org.LocalAccount().Name}
}

// signIns stores the accounts of fedroute in Secrets and names them.
func (w *world) signIns(lt *v1alpha1.LyncTopology) {
	w.Helper()
	store := func(secret, name string, domain bool) v1alpha1.LocalReference {
		a := w.account(name, domain)
		w.secret(secret, map[string]string{"username": a.Name, "password": a.Password})
		return v1alpha1.LocalReference{Name: secret}
	}
	manager, edge := store("manager", reader, true), store("edge", reader, false)
	lt.Spec.EdgeServers = &v1alpha1.EdgeServers{}
	if !w.byKit() {
		lt.Spec.Management.Authentication = v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: manager}
		lt.Spec.EdgeServers.Authentication = v1alpha1.Authentication{Method: v1alpha1.AuthBasic, SecretRef: edge}
		return
	}
	two := func(reads, changes v1alpha1.LocalReference) v1alpha1.Accounts {
		return v1alpha1.Accounts{Reader: v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: reads}, Operator: v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: changes}}
	}
	lt.Spec.Management.Accounts = two(manager, store("manager-operator", operator, true))
	lt.Spec.EdgeServers.Accounts, lt.Spec.EdgeServers.Configuration = two(edge, store("edge-operator", operator, false)), kit.ConfigurationName
}

// password changes the account that changes things, and gives what changes its Secret.
func (w *world) password(domain bool) func() {
	a, secret := w.account(operator, domain), "edge"
	if domain {
		secret = "manager"
	}
	if w.byKit() {
		secret += "-operator"
	}
	w.passwords++
	password := fmt.Sprintf("Another-%d-%d!", w.seed, w.passwords)
	w.secrets = append(w.secrets, password)
	w.must(w.org.SetPassword(a.Name, password))
	return func() { w.store(secret, password) }
}

// portrait says in a line what organization it is.
func (w *world) portrait() string {
	spec, way := w.org.Farm().Spec(), "remote shells"
	if w.byKit() {
		way = "the endpoint kit"
	}
	edges := 0
	for _, m := range w.org.Farm().Machines() {
		if m.Role == farm.RoleEdge {
			edges++
		}
	}
	return fmt.Sprintf("%s with %d Edge servers, %d zones on %d DNS servers, through %s", spec.Product, edges, len(spec.SIPDomains), len(w.org.DNSServers()), way)
}
