package sim

import (
	"testing"
	"testing/fstest"

	"github.com/fedroute/fedroute/lyncsim/configuration"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
)

// TestManagedAccountIsUsable checks on which machines a session configuration may run as a
// group managed service account.
func TestManagedAccountIsUsable(t *testing.T) {
	const account = `CONTOSO\fedroute$`
	set, err := configuration.Load(fstest.MapFS{"FedRoute.pssc": {Data: []byte(
		`@{ SessionType = 'RestrictedRemoteServer'; LanguageMode = 'NoLanguage'; GroupManagedServiceAccount = '` + account + `' }`)}})
	must(t, err)
	cases := map[string]struct {
		reason, machine string
		accounts        []farm.Account
		want            string // "" when the session does not open
	}{
		"everywhere": {"a managed account is for every machine of the domain", "fe1.contoso.com", []farm.Account{{Name: account}}, account},
		"here":       {"or for those that are named", "fe1.contoso.com", []farm.Account{{Name: account, UsableOn: []string{"FE1.contoso.com"}}}, account},
		"elsewhere":  {"and for no other", "fe2.contoso.com", []farm.Account{{Name: account, UsableOn: []string{"fe1.contoso.com"}}}, ""},
		"workgroup":  {"a machine in a workgroup has none", "edge1.contoso.com", []farm.Account{{Name: account}}, ""},
		"unknown":    {"the domain does not know the account", "fe1.contoso.com", []farm.Account{{Name: `CONTOSO\backup$`}}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := edited(t, func(s *farm.Spec) {
				s.Accounts = append(c.accounts, farm.Account{Name: "Administrator", Machines: []string{"edge1.contoso.com"}})
			})
			m, err := o.machine(c.machine)
			must(t, err)
			got, err := m.runsAs(set.Find("FedRoute"), identity.Identity{Account: `CONTOSO\reader`})
			if got.Account != c.want || (err == nil) != (c.want != "") {
				t.Errorf("%s: the session runs as %q (%v), want %q", c.reason, got.Account, err, c.want)
			}
			if c.want != "" && got.SignIn != identity.ServiceAccount {
				t.Errorf("%s: it goes on to other machines as a %q", c.reason, got.SignIn)
			}
		})
	}
}
