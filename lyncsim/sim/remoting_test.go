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

// TestPolicyKeepsModulesOut checks that a session configuration does not open where the
// execution policy keeps its module from being loaded.
func TestPolicyKeepsModulesOut(t *testing.T) {
	folder := fstest.MapFS{
		"Demo.pssc":      {Data: []byte(`@{ SessionType = 'RestrictedRemoteServer'; LanguageMode = 'NoLanguage'; ModulesToImport = 'Demo'; VisibleFunctions = 'Get-Value' }`)},
		"Demo/Demo.psd1": {Data: []byte(`@{ ModuleVersion = '1.0'; RootModule = 'Demo.psm1'; FunctionsToExport = 'Get-Value' }`)},
		"Demo/Demo.psm1": {Data: []byte(`function Get-Value { 1 }`)},
	}
	for policy, opens := range map[string]bool{"": true, "Bypass": true, "Restricted": false, "AllSigned": false} {
		t.Run("policy "+policy, func(t *testing.T) {
			o := edited(t, func(s *farm.Spec) { s.Hosts = []farm.HostSpec{{ExecutionPolicy: policy}} })
			must(t, o.Install("fe1.contoso.com", folder))
			m, err := o.machine("fe1.contoso.com")
			must(t, err)
			rs, err := m.restricted(t.Context(), m.registered().Find("Demo"), identity.Identity{Account: `CONTOSO\reader`}, identity.Identity{Account: `CONTOSO\reader`})
			if (err == nil) != opens {
				t.Errorf("the session ends with %v; it opens: %t", err, opens)
			}
			if err == nil {
				rs.Close()
			}
		})
	}
}
