package identity_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/identity"
)

func TestAbroad(t *testing.T) {
	const account, computer = `CONTOSO\anna`, `CONTOSO\FE1$`
	cases := map[string]struct {
		reason string
		signIn identity.SignIn
		want   string
	}{
		"network":   {"a network logon left no credential on the machine", identity.NetworkLogon, ""},
		"forwarded": {"the forwarded ticket is the account's own", identity.ForwardedTicket, account},
		"console":   {"the machine knows the password that was typed there", identity.Console, account},
		"service":   {"the machine knows the password of a managed account", identity.ServiceAccount, account},
		"virtual":   {"a virtual account uses the computer's account", identity.VirtualAccount, computer},
		"unheard":   {"a way that nobody described has no credential", "Smoke signals", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			who := identity.Identity{Account: account, SignIn: c.signIn}
			if diff := cmp.Diff(c.want, who.Abroad(computer)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestMember(t *testing.T) {
	who := identity.Identity{Account: "anna", Groups: []identity.Group{{SID: identity.Administrators, Name: "Administratoren"}}}
	if !who.Member(identity.DomainAdmins, identity.Administrators) || who.Member(identity.DomainAdmins) || who.Member() {
		t.Error("one of several groups is enough")
	}
	if !who.Has("x", "administratoren") || who.Has("Administrators") {
		t.Error("Windows ignores case in names of groups, and knows only those of its language")
	}
	if !who.Local() || (identity.Identity{Account: `CONTOSO\anna`}).Local() {
		t.Error("an account of the domain has the domain's name before its own")
	}
}

func TestSID(t *testing.T) {
	const fe1, fe2 = "fe1.contoso.com", "fe2.contoso.com"
	anna, local := identity.Identity{Account: `CONTOSO\anna`}, identity.Identity{Account: "anna"}
	virtual := identity.Identity{Account: `WinRM Virtual Users\WinRM VA_1_anna`, SignIn: identity.VirtualAccount}
	cases := map[string]struct {
		reason string
		got    identity.SID
		want   string // the beginning
	}{
		"nobody":   {"an anonymous logon", identity.Identity{}.SID(fe1), "S-1-5-7"},
		"domain":   {"the domain's own", anna.SID(fe1), string(identity.Domain) + "-"},
		"local":    {"the machine's own", local.SID(fe1), string(identity.Machine(fe1)) + "-"},
		"built in": {"the same number everywhere", identity.Identity{Account: "administrator"}.SID(fe1), string(identity.Machine(fe1)) + "-500"},
		"virtual":  {"the authority of WinRM's virtual accounts", virtual.SID(fe1), "S-1-5-94-"},
	}
	for name, c := range cases {
		if !strings.HasPrefix(string(c.got), c.want) {
			t.Errorf("%s: %s: %s", name, c.reason, c.got)
		}
	}
	if anna.SID(fe1) != (identity.Identity{Account: `contoso\ANNA`}).SID(fe2) || local.SID(fe1) == local.SID(fe2) || local.SID(fe1) == anna.SID(fe1) {
		t.Error("an account of the domain is the same everywhere, one of a machine is not")
	}
}
