package farm

import (
	"maps"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/identity"
)

// Groups that decide about acts, by the names that a farm file gives them. Servers of
// another language call some of them otherwise, and an organization may have renamed them.
const (
	ServerAdmins       = "RTCUniversalServerAdmins"
	UserAdmins         = "RTCUniversalUserAdmins"
	ReadOnlyAdmins     = "RTCUniversalReadOnlyAdmins"
	DomainAdmins       = "Domain Admins"
	DNSAdmins          = "DnsAdmins"
	LocalAdministrator = "Administrators" // of one machine
	remoteManagement   = "Remote Management Users"
)

// wellKnown are the groups whose SID is the same everywhere.
var wellKnown = map[string]identity.SID{
	LocalAdministrator: identity.Administrators, remoteManagement: identity.RemoteManagementUsers,
	DomainAdmins: identity.DomainAdmins, "Domain Users": identity.DomainUsers,
}

// translated are the groups that have another name in another language.
var translated = map[Language]map[string]string{
	German: {LocalAdministrator: "Administratoren", remoteManagement: "Remoteverwaltungsbenutzer", DomainAdmins: "Domänen-Admins", "Domain Users": "Domänen-Benutzer"},
	French: {LocalAdministrator: "Administrateurs", remoteManagement: "Utilisateurs de gestion à distance", DomainAdmins: "Admins du domaine", "Domain Users": "Utilisateurs du domaine"},
}

// AllRights are the groups of an account that may do everything, such as the one that
// installed the product.
func AllRights() []string { return []string{DomainAdmins, ServerAdmins, UserAdmins} }

// Token are groups of the domain as a token has them, and those that every machine has.
func Token(groups ...string) []identity.Group { return Spec{}.token("", groups) }

// AtConsole is an account that may do everything, in a session at the machine itself.
func AtConsole(account string) identity.Identity {
	return identity.Identity{Account: account, SignIn: identity.Console, Groups: Token(append(AllRights(), LocalAdministrator)...)}
}

// TokenOn is the account's token on a machine. Domain Admins are members of
// Administrators on every machine of the domain.
func (s Spec) TokenOn(a Account, machine string) []identity.Group {
	owner := ""
	if len(a.Machines) > 0 {
		owner = machine
	}
	token := s.token(owner, a.Groups)
	is := func(m string) bool { return m == "*" || strings.EqualFold(m, machine) }
	admin := slices.ContainsFunc(a.AdministratorOf, is) || identity.Identity{Groups: token}.Member(identity.DomainAdmins)
	if admin && !(identity.Identity{Groups: token}).Member(identity.Administrators) {
		token = append(token, s.group("", LocalAdministrator))
	}
	return token
}

// token are the groups of names in a farm file. owner is the machine whose groups they
// are, "" for groups of the domain.
func (s Spec) token(owner string, names []string) []identity.Group {
	var token []identity.Group
	for _, name := range names {
		token = append(token, s.group(owner, name))
	}
	return token
}

// group is the group that a farm file names: by the name of a new English installation, by
// its own name here, or by its SID.
func (s Spec) group(owner, name string) identity.Group {
	own := s.groupNames()
	for original, here := range own {
		if strings.EqualFold(name, original) || strings.EqualFold(name, here) || wellKnown[original] == identity.SID(name) {
			name = original
		}
	}
	g := identity.Group{SID: sidOf(owner, name), Name: name}
	if here := own[name]; here != "" {
		g.Name = here
	}
	return g
}

// groupNames are what groups are called here, where that is not the name of a new English
// installation.
func (s Spec) groupNames() map[string]string {
	own := map[string]string{}
	for name := range wellKnown {
		own[name] = name
	}
	maps.Copy(own, translated[s.Language])
	maps.Copy(own, s.GroupNames)
	return own
}

// GroupSID is the SID of a group of the domain, or of a group that every machine has.
func GroupSID(name string) identity.SID { return sidOf("", name) }

// sidOf is the SID of a group. A machine's own group has nothing to do with one of the
// domain that has the same name.
func sidOf(owner, name string) identity.SID {
	sid, everywhere := wellKnown[name]
	switch builtIn := strings.HasPrefix(string(sid), "S-1-5-32-"); {
	case builtIn, everywhere && owner == "":
		return sid
	case owner == "":
		return identity.Of(identity.Domain, name)
	}
	return identity.Of(identity.Machine(owner), name)
}
