package identity_test

import (
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
	who := identity.Identity{Account: "anna", Groups: []string{"Administrators"}}
	if !who.Member("Domain Admins", "administrators") || who.Member("Domain Admins") || who.Member() {
		t.Error("Windows ignores case in names of groups, and one of several groups is enough")
	}
	if !who.Local() || (identity.Identity{Account: `CONTOSO\anna`}).Local() {
		t.Error("an account of the domain has the domain's name before its own")
	}
}
