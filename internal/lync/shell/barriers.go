package shell

import (
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// signIn is how a session came to be on its host. It decides what an error of a server
// behind that host means.
type signIn struct {
	account string // as the credentials name it
	// goesOn says that the session has a credential for other servers: it runs as an
	// account of its own, or has a forwarded ticket.
	goesOn bool
	// virtual says that it runs as an account that exists on its host only. Other servers
	// see the account of the computer.
	virtual bool
}

// signInOf tells it from the endpoint, and from what the session's kit says of itself; nil
// where there is none.
func signInOf(endpoint remote.Endpoint, credentials remote.Credentials, kit *remote.Kit) signIn {
	s := signIn{account: credentials.Username, goesOn: endpoint.Configuration != "" || endpoint.Delegate}
	if kit == nil || kit.Account == "" {
		return s
	}
	s.virtual = strings.HasPrefix(kit.Account, virtualAccounts)
	s.goesOn = endpoint.Delegate || kit.Account != kit.Caller
	return s
}

// virtualAccounts begins the SIDs of the accounts that WinRM makes for one session.
const virtualAccounts = "S-1-5-94-"

// Error numbers of SQL Server (sys.messages) and of Windows.
const (
	sqlLoginFailed      = 18456
	sqlUntrustedDomain  = 18452
	sqlPermissionDenied = 229
	windowsAccessDenied = 5 // ERROR_ACCESS_DENIED

	accessDenied    = -0x7ff8fffb // 0x80070005, E_ACCESSDENIED
	logonFailure    = -0x7ff8fad2 // 0x8007052E, ERROR_LOGON_FAILURE
	operationsError = -0x7ff8dfe0 // 0x80072020, ERROR_DS_OPERATIONS_ERROR: the connection to the domain controller is anonymous
)

// barred recognizes the errors of a session that cannot go on to the next server, and of an
// account without a right, by the numbers of their exceptions. It gives no kind for others.
func (s signIn) barred(e *remote.ScriptError) (fault.Kind, string) {
	rightsNext := rightsNext
	if s.virtual {
		rightsNext = virtualNext
	}
	for _, c := range e.Causes {
		sql := strings.HasSuffix(c.Type, ".SqlException")
		switch {
		case sql && c.Number == sqlPermissionDenied:
			return fault.RightsMissing, rightsNext
		case sql && (c.Number == sqlLoginFailed || c.Number == sqlUntrustedDomain):
			if s.goesOn || s.named(e.Message) {
				return fault.RightsMissing, rightsNext
			}
			return fault.SecondHop, hopNext
		case c.HResult == operationsError && !s.goesOn:
			return fault.SecondHop, hopNext
		case c.HResult == logonFailure:
			return fault.RightsMissing, strangerNext
		case c.HResult == accessDenied, c.HResult == operationsError,
			strings.HasSuffix(c.Type, ".Win32Exception") && c.Number == windowsAccessDenied:
			return fault.RightsMissing, rightsNext
		}
	}
	return "", ""
}

// named reports whether a message names the session's own account, which no language
// translates: the server then knows who asks.
func (s signIn) named(message string) bool {
	_, name, found := strings.Cut(s.account, `\`)
	if !found {
		name, _, _ = strings.Cut(s.account, "@")
	}
	return name != "" && strings.Contains(strings.ToLower(message), strings.ToLower(name))
}
