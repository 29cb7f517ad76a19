package wsman

import "github.com/fedroute/fedroute/lyncsim/identity"

// Account is an account that can log on to the machine.
type Account struct {
	Name     string
	Domain   string // NetBIOS name; empty for an account of this machine
	Password string
	Groups   []identity.Group // of the token: the domain's, and the local ones of this machine, nested ones resolved
	// SignIn is how the account signed in. A logon sets it.
	SignIn identity.SignIn
}

// Accounts looks up the name with which a client logs on. The domain is as the
// client sent it: empty, a NetBIOS or DNS name, or this machine's name.
type Accounts interface {
	Lookup(user, domain string) (Account, bool)
}

// String is the account in the form DOMAIN\name.
func (a Account) String() string {
	if a.Domain == "" {
		return a.Name
	}
	return a.Domain + `\` + a.Name
}

// identity is the account as the programs of its shells act in its name.
func (a Account) identity() identity.Identity {
	return identity.Identity{Account: a.String(), SignIn: a.SignIn, Groups: a.Groups}
}

// mayUseShell reports whether the machine's policy lets the account run commands.
func (a Account) mayUseShell() bool {
	return a.identity().Member(identity.Administrators, identity.RemoteManagementUsers)
}
