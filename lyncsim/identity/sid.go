package identity

import (
	"fmt"
	"hash/fnv"
	"strings"
)

// SID identifies an account or a group. Its name may change, and differs between
// languages; rights are given to the SID.
type SID string

// Group is one group of a token.
type Group struct {
	SID  SID
	Name string // without a domain before it, in the language of the servers
}

// SIDs that are the same everywhere (MS-DTYP 2.4.2.4).
const (
	Network               SID = "S-1-5-2" // in the token of whoever signed in over the network
	Interactive           SID = "S-1-5-4" // in the token of whoever signed in at the machine
	Anonymous             SID = "S-1-5-7"
	Administrators        SID = "S-1-5-32-544" // of one machine
	RemoteManagementUsers SID = "S-1-5-32-580"

	// virtualAccounts begins the SIDs of the accounts that WinRM makes for one session.
	virtualAccounts SID = "S-1-5-94"
)

// Domain begins the SIDs of the simulated domain [invented]. The numbers behind it are the
// same in every domain.
const (
	Domain       SID = "S-1-5-21-1004336348-1177238915-682003330"
	DomainAdmins     = Domain + "-512"
	DomainUsers      = Domain + "-513"
)

// Machine begins the SIDs of the accounts and groups of one machine [invented].
func Machine(fqdn string) SID {
	h := number(fqdn)
	return SID(fmt.Sprintf("S-1-5-21-%d-%d-%d", h, h^0x5bd1e995, h^0x9e3779b9))
}

// Of is the SID that a domain or a machine gives to an account or group of its own.
func Of(authority SID, name string) SID {
	return SID(fmt.Sprintf("%s-%d", authority, 1000+number(name)%100000))
}

// SID is the SID of the account, in a session on a machine.
func (i Identity) SID(machine string) SID {
	_, name, _ := strings.Cut(i.Account, `\`)
	switch {
	case i.Account == "":
		return Anonymous
	case i.SignIn == VirtualAccount:
		return Of(virtualAccounts+"-0", i.Account)
	case !i.Local():
		return Of(Domain, name)
	case strings.EqualFold(i.Account, "Administrator"):
		return Machine(machine) + "-500"
	}
	return Of(Machine(machine), i.Account)
}

// number is the same for the same name, whatever its case.
func number(name string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(name))) // a hash takes everything
	return h.Sum32()
}
