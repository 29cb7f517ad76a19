package farm

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/identity"
)

func TestTokenOn(t *testing.T) {
	admins := identity.Group{SID: identity.Administrators, Name: LocalAdministrator}
	local := Account{Machines: []string{"fe1.contoso.com"}, Groups: []string{DomainAdmins}}
	cases := map[string]struct {
		reason  string
		spec    Spec
		account Account
		want    []identity.Group
	}{
		"plain":         {"an account is no administrator by itself", Spec{}, Account{Groups: []string{ServerAdmins}}, Token(ServerAdmins)},
		"named":         {"machines have their own administrators", Spec{}, Account{AdministratorOf: []string{"FE1.contoso.com"}}, []identity.Group{admins}},
		"elsewhere":     {"an administrator of one machine is none of another", Spec{}, Account{AdministratorOf: []string{"fe2.contoso.com"}}, nil},
		"every machine": {"* is every machine", Spec{}, Account{AdministratorOf: []string{"*"}}, []identity.Group{admins}},
		"domain": {"Domain Admins are administrators of all machines", Spec{}, Account{Groups: []string{"domain admins"}},
			[]identity.Group{{SID: identity.DomainAdmins, Name: DomainAdmins}, admins}},
		"twice": {"a group is in a token once", Spec{}, Account{Groups: []string{LocalAdministrator}, AdministratorOf: []string{"*"}}, []identity.Group{admins}},
		"German": {"the same groups have other names", Spec{Language: German}, Account{Groups: []string{"Domänen-Admins"}},
			[]identity.Group{{SID: identity.DomainAdmins, Name: "Domänen-Admins"}, {SID: identity.Administrators, Name: "Administratoren"}}},
		"French, in English": {"a farm file may name them as a new English installation does", Spec{Language: French}, Account{Groups: []string{DomainAdmins}},
			[]identity.Group{{SID: identity.DomainAdmins, Name: "Admins du domaine"}, {SID: identity.Administrators, Name: "Administrateurs"}}},
		"of another language": {"a group that only has the name of Domain Admins elsewhere is none", Spec{}, Account{Groups: []string{"Domänen-Admins"}}, Token("Domänen-Admins")},
		"renamed": {"a group keeps its SID", Spec{GroupNames: map[string]string{ServerAdmins: "Voice Admins"}}, Account{Groups: []string{"voice admins"}},
			[]identity.Group{{SID: sidOf("", ServerAdmins), Name: "Voice Admins"}}},
		"by SID": {"no name at all", Spec{}, Account{Groups: []string{"S-1-5-32-580"}}, Token(remoteManagement)},
		"local":  {"a group of a machine is not the domain's of that name", Spec{}, local, []identity.Group{{SID: identity.Of(identity.Machine("fe1.contoso.com"), DomainAdmins), Name: DomainAdmins}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.spec.TokenOn(c.account, "fe1.contoso.com")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestRightsAreOfSIDs: in every language, and under a name of the organization's own, the
// same groups give the same rights. A group that borrows a name gives none.
func TestRightsAreOfSIDs(t *testing.T) {
	for _, c := range []struct {
		reason string
		edit   func(*Spec)
		groups []string
		act    Act
		may    bool
	}{
		{"German", func(s *Spec) { s.Language = German }, []string{"Domänen-Admins", ServerAdmins}, EnableTopology, true},
		{"French", func(s *Spec) { s.Language = French }, []string{"Admins du domaine", ServerAdmins}, EnableTopology, true},
		{"the administrators of a French machine", func(s *Spec) { s.Language = French }, []string{"Administrateurs"}, ControlServices, true},
		{"renamed", func(s *Spec) { s.GroupNames = map[string]string{ServerAdmins: "Voice Admins"} }, []string{"Voice Admins"}, WriteStore, true},
		{"the German name in a French domain", func(s *Spec) { s.Language = French }, []string{"Domänen-Admins", ServerAdmins}, EnableTopology, false},
	} {
		spec := twoSites()
		c.edit(&spec)
		f, err := New(spec, Options{})
		must(t, err)
		const server = "fe-a1.contoso.com"
		who := identity.Identity{Account: `CONTOSO\anna`, SignIn: identity.Console, Groups: spec.TokenOn(Account{Groups: c.groups}, server)}
		if err := f.May(who, server, c.act); (err == nil) != c.may {
			t.Errorf("%s: %v", c.reason, err)
		}
	}
	if slices.Contains(sids(ServerAdmins, UserAdmins), sidOf("", ReadOnlyAdmins)) {
		t.Error("the product's groups have one SID")
	}
}
