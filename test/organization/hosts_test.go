package organization_test

import (
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestUnkindHosts has fedroute's own client and scripts read organizations that are set up
// as real ones are.
func TestUnkindHosts(t *testing.T) {
	host := func(h farm.HostSpec) func(*farm.Spec) {
		return func(s *farm.Spec) { s.Hosts = []farm.HostSpec{h} }
	}
	cases := map[string]struct {
		reason string
		edit   func(*farm.Spec)
		reads  bool
	}{
		"kind":           {"a network logon gets everywhere", func(*farm.Spec) {}, true},
		"second hop":     {"a password over the network reads no topology", func(s *farm.Spec) { s.ADReadableFromNetworkLogon = false }, false},
		"no rights":      {"an administrator of the machine is none of the product", noGroups, false},
		"memory":         {"the module does not fit into the shell", host(farm.HostSpec{Quotas: farm.QuotasSpec{MaxMemoryPerShellMB: 150}}), false},
		"enough memory":  {"it does", host(farm.HostSpec{Quotas: farm.QuotasSpec{MaxMemoryPerShellMB: 300}}), true},
		"missing patch":  {"WMF 3.0 without the update looks at no quota", host(farm.HostSpec{MissingPatches: []string{"KB2842230"}}), false},
		"PowerShell 3.0": {"the catalogue's oldest version", host(farm.HostSpec{PowerShell: "3.0"}), true},
		"PowerShell 4.0": {"one of 2013's servers", host(farm.HostSpec{PowerShell: "4.0"}), true},
		"constrained":    {"the worker needs the whole language", host(farm.HostSpec{LanguageMode: "ConstrainedLanguage"}), false},
		"no scripts":     {"the product's module has format files", host(farm.HostSpec{ExecutionPolicy: "Restricted"}), false},
		"all signed":     {"which are signed", host(farm.HostSpec{ExecutionPolicy: "AllSigned"}), true},
		"strict binding": {"fedroute binds its sign-in to the connection", host(farm.HostSpec{CbtHardeningLevel: "Strict"}), true},
		"German":         {"the worker looks for no text", func(s *farm.Spec) { s.Language = farm.German }, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, observer, _ := contoso(t, c.edit)
			_, _, err := observer.ReadTopology(t.Context())
			if (err == nil) != c.reads {
				t.Errorf("%s, and the look ends with %v", c.reason, err)
			}
		})
	}
}

func noGroups(s *farm.Spec) {
	s.Accounts = []farm.Account{
		{Name: `CONTOSO\lyncadmin`, AdministratorOf: []string{"*"}},
		{Name: "Administrator", Machines: []string{edge1, edge2}, Groups: []string{farm.LocalAdministrator}},
	}
}

// TestSealedListener has fedroute's client read through the listener without TLS, where it is
// there.
func TestSealedListener(t *testing.T) {
	off := false
	for name, http := range map[string]*bool{"default": nil, "taken away": &off} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, _, _ := contoso(t, func(s *farm.Spec) { s.Hosts = []farm.HostSpec{{HTTP: http}} })
			at := endpoint(o, "fe1.contoso.com")
			at.URL = strings.Replace(strings.Replace(at.URL, "https", "http", 1), "5986", "5985", 1)
			account := o.DomainAccount()
			session, err := winrm.Dialer(winrm.Options{})(t.Context(), at, remote.Credentials{Method: remote.NTLM, Username: account.Name, Password: account.Password})
			if (err == nil) != (http == nil) {
				t.Fatalf("the listener is %s, and the sign-in ends with %v", name, err)
			}
			if err == nil {
				must(t, session.Close(t.Context()))
			}
		})
	}
}

// TestShellQuota checks that a host gives an account no more shells than its quota.
func TestShellQuota(t *testing.T) {
	o, _, _ := contoso(t, func(s *farm.Spec) { s.Hosts = []farm.HostSpec{{Quotas: farm.QuotasSpec{MaxShellsPerUser: 1}}} })
	account := o.DomainAccount()
	who := remote.Credentials{Method: remote.NTLM, Username: account.Name, Password: account.Password}
	first, err := winrm.Dialer(winrm.Options{})(t.Context(), endpoint(o, "fe1.contoso.com"), who)
	must(t, err)
	if _, err := winrm.Dialer(winrm.Options{})(t.Context(), endpoint(o, "fe1.contoso.com"), who); err == nil {
		t.Error("the second shell was opened; the quota is one")
	}
	must(t, first.Close(t.Context()))
}
