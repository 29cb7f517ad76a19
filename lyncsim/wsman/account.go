package wsman

import "slices"

// Groups whose members may open a shell.
const (
	Administrators        = "Administrators"
	RemoteManagementUsers = "Remote Management Users"
)

// Account is an account that can log on to the machine.
type Account struct {
	Name     string
	Domain   string // NetBIOS name; empty for an account of this machine
	Password string
	Groups   []string // local groups of this machine, nested ones resolved
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

// mayUseShell reports whether the machine's policy lets the account run commands.
func (a Account) mayUseShell() bool {
	return slices.Contains(a.Groups, Administrators) || slices.Contains(a.Groups, RemoteManagementUsers)
}
