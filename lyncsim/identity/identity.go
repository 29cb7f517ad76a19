// Package identity says in whose name a session on a simulated machine acts, and as
// whom other machines see it.
package identity

import (
	"slices"
	"strings"
)

// Identity is the account in whose name a session acts. The zero Identity is a
// network logon of nobody: it may do nothing.
type Identity struct {
	// Account is CONTOSO\lyncadmin for an account of the domain, CONTOSO\fedroute$ for
	// a group managed service account, and a bare name for an account of the machine.
	Account string
	SignIn  SignIn
	// Groups are the groups in the session's token: those of the domain, and those of the
	// machine.
	Groups []Group
}

// SignIn is how the session came to act in the account's name. It decides whether
// the session has a credential for other machines.
type SignIn string

// The ways to sign in.
const (
	// NetworkLogon is NTLM, Basic, a client certificate, or Kerberos without a
	// forwarded ticket. The machine has no credential to pass on.
	NetworkLogon SignIn = ""
	// ForwardedTicket is Kerberos with a ticket-granting ticket that the client
	// forwarded.
	ForwardedTicket SignIn = "ForwardedTicket"
	// Console is a logon at the machine itself, with the password typed there.
	Console SignIn = "Console"
	// ServiceAccount is a session configuration that runs as a group managed service
	// account, whose password the machine knows.
	ServiceAccount SignIn = "ServiceAccount"
	// VirtualAccount is a session configuration that runs as a virtual account. Other
	// machines see the account of the computer.
	VirtualAccount SignIn = "VirtualAccount"
)

// Abroad is the account that other machines see when the session connects to them,
// given the account of the session's machine, such as CONTOSO\FE1$. It is "" when
// they see an anonymous logon.
func (i Identity) Abroad(computer string) string {
	switch i.SignIn {
	case ForwardedTicket, Console, ServiceAccount:
		return i.Account
	case VirtualAccount:
		return computer
	default:
		return ""
	}
}

// Local reports whether the account is one of the machine, unknown to the domain.
func (i Identity) Local() bool { return !strings.Contains(i.Account, `\`) }

// Member reports whether the token has one of the groups, whatever they are called here.
func (i Identity) Member(groups ...SID) bool {
	return slices.ContainsFunc(i.Groups, func(have Group) bool { return slices.Contains(groups, have.SID) })
}

// Has reports whether the token has a group of one of the names. Files that people write
// name groups; rights are of SIDs.
func (i Identity) Has(names ...string) bool {
	return slices.ContainsFunc(i.Groups, func(have Group) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(have.Name, name) })
	})
}
