package farm

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/identity"
)

// TestMay asks on fe-a1, a server of an Enterprise pool: the store and the file share
// are on other machines.
func TestMay(t *testing.T) {
	const server, account, computer = "fe-a1.contoso.com", `CONTOSO\anna`, `CONTOSO\FE-A1$`
	kind := func(s *Spec) { s.ADReadableFromNetworkLogon, s.SQLReachableFromNetworkLogon = true, true }
	granted := func(s *Spec) { s.SetupPermissionGranted = true }
	cases := map[string]struct {
		reason string
		edit   func(*Spec)
		on     string // server when empty
		who    identity.Identity
		act    Act
		want   *Barrier
	}{
		"network logon": {
			"Active Directory is always on another machine", nil, "",
			identity.Identity{Account: account, Groups: Token(ServerAdmins)}, ReadStore, &Barrier{Resource: Directory},
		},
		"readable directory": {
			"SQL Server is the next one", func(s *Spec) { s.ADReadableFromNetworkLogon = true }, "",
			identity.Identity{Account: account, Groups: Token(ServerAdmins)}, ReadStore, &Barrier{Resource: StoreServer},
		},
		"Standard Edition": {
			"SQL Server is on the same machine, and needs no second hop", func(s *Spec) { s.ADReadableFromNetworkLogon, s.CentralManagement = true, poolB }, poolB,
			identity.Identity{Account: account, Groups: Token(ServerAdmins)}, WriteStore, nil,
		},
		"kind": {
			"a kind farm takes every sign-in of the domain", kind, "",
			identity.Identity{Account: account, Groups: Token(ServerAdmins)}, WriteStore, nil,
		},
		"kind to the domain only": {
			"an account of the machine is nobody, also in a kind farm", kind, "",
			identity.Identity{Account: "anna", Groups: Token(ServerAdmins)}, WriteStore, &Barrier{Resource: Directory},
		},
		"forwarded ticket": {
			"the ticket goes on to every machine", nil, "",
			identity.Identity{Account: account, SignIn: identity.ForwardedTicket, Groups: Token(ServerAdmins)}, WriteStore, nil,
		},
		"managed account": {
			"the machine knows its password", nil, "",
			identity.Identity{Account: `CONTOSO\fedroute$`, SignIn: identity.ServiceAccount, Groups: Token(UserAdmins)}, ReadStore, nil,
		},
		"virtual account": {
			"the computer's account is known, and has no right to the store", nil, "",
			identity.Identity{Account: `WinRM Virtual Users\anna`, SignIn: identity.VirtualAccount, Groups: Token(LocalAdministrator)}, ReadStore,
			&Barrier{Resource: StoreServer, As: computer},
		},
		"account of the machine": {
			"the domain does not know it, whatever its groups are called", nil, "",
			identity.Identity{Account: "anna", SignIn: identity.Console, Groups: Token(ServerAdmins)}, ReadDirectory,
			&Barrier{Resource: Directory, As: "anna", Stranger: true},
		},
		"read with the right to read users": {
			"RTCUniversalUserAdmins may read", nil, "",
			identity.Identity{Account: account, SignIn: identity.Console, Groups: Token(UserAdmins)}, ReadStore, nil,
		},
		"write with the right to read": {
			"and may not write", nil, "",
			identity.Identity{Account: account, SignIn: identity.Console, Groups: Token(UserAdmins)}, WriteStore, &Barrier{Resource: StoreContent, As: account},
		},
		"read without a group": {
			"SQL Server knows the product's groups only", nil, "",
			identity.Identity{Account: account, SignIn: identity.Console, Groups: Token("Domain Users")}, ReadStore,
			&Barrier{Resource: StoreServer, As: account},
		},
		"read with the group for reading": {
			"it may read most of the store", nil, "",
			identity.Identity{Account: account, SignIn: identity.Console, Groups: Token(ReadOnlyAdmins)}, ReadStore, nil,
		},
		"read what is protected": {
			"and not the topology document", nil, "",
			identity.Identity{Account: account, SignIn: identity.Console, Groups: Token(ReadOnlyAdmins)}, ReadProtected,
			&Barrier{Resource: StoreContent, As: account},
		},
		"enable without setup permission": {
			"who may publish may not enable", nil, "",
			identity.Identity{Account: account, SignIn: identity.Console, Groups: Token(ServerAdmins)}, EnableTopology,
			&Barrier{Resource: Containers, As: account},
		},
		"enable with setup permission": {
			"the file share wants full control", granted, "",
			identity.Identity{Account: account, SignIn: identity.Console, Groups: Token(ServerAdmins)}, EnableTopology,
			&Barrier{Resource: FileShare, As: account},
		},
		"enable with both": {
			"setup permission and full control replace Domain Admins", func(s *Spec) { granted(s); s.FileShareFullControl = []string{`contoso\ANNA`} }, "",
			identity.Identity{Account: account, SignIn: identity.Console, Groups: Token(ServerAdmins)}, EnableTopology, nil,
		},
		"enable as Domain Admin": {
			"a member of Domain Admins needs no grant", nil, "",
			identity.Identity{Account: account, SignIn: identity.Console, Groups: Token(ServerAdmins, DomainAdmins)}, EnableTopology, nil,
		},
		"services": {
			"an administrator of the machine needs nobody else for its services", nil, "",
			identity.Identity{Account: "anna", Groups: Token(LocalAdministrator)}, ControlServices, nil,
		},
		"services of others": {
			"other accounts may not", nil, "",
			identity.Identity{Account: account, Groups: Token(ServerAdmins)}, ControlServices, &Barrier{Resource: Services, As: account},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			spec := twoSites()
			if c.edit != nil {
				c.edit(&spec)
			}
			f, err := New(spec, Options{})
			must(t, err)
			if c.on == "" {
				c.on = server
			}
			got, _ := f.May(c.who, c.on, c.act).(*Barrier)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
