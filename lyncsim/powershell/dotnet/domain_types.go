package dotnet

import (
	"regexp"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Domain is a Machine of a domain, as one session of it sees it. Scripts on other machines
// cannot use the types of this file.
type Domain interface {
	// Token is the token with which the session acts.
	Token() Token
	// FindComputer gives the distinguished name of a computer by its DNS name; "" where the
	// directory has no such computer.
	FindComputer(dnsName string) (string, error)
}

// Token is an account with its groups.
type Token struct {
	Account, SID string
	Groups       []TokenGroup
}

// TokenGroup is one group of a token.
type TokenGroup struct {
	SID  string
	Name string // with the domain before it
}

// domainTypes declare what a script can learn of its own token and of the directory.
func domainTypes() []*Type {
	return []*Type{
		{Name: "System.Security.Principal.NTAccount", Refused: []string{"*"}},
		{Name: "System.Security.Principal.WindowsIdentity", Static: members(
			static("GetCurrent", 0, 0, func(a *Args) (any, error) {
				domain, ok := a.Env.Machine.(Domain)
				if !ok {
					return nil, Refuse("[System.Security.Principal.WindowsIdentity] on this machine")
				}
				token := domain.Token()
				var sids []any
				for _, g := range token.Groups {
					sids = append(sids, securityIdentifier(g))
				}
				o := value.NewObject("System.Security.Principal.WindowsIdentity").Set("Name", token.Account).
					Set("User", securityIdentifier(TokenGroup{token.SID, token.Account})).
					Set("Groups", value.NewArray("System.Security.Principal.IdentityReference", sids...))
				o.Adapted = true
				return o, nil
			}))},
		{Name: "System.DirectoryServices.DirectorySearcher", New: func(a *Args) (any, error) {
			filter := computerFilter.FindStringSubmatch(a.Text(0))
			domain, ok := a.Env.Machine.(Domain)
			if filter == nil || !ok {
				return nil, Refuse("a search of the directory for %s", a.Text(0))
			}
			o := value.NewObject("System.DirectoryServices.DirectorySearcher").Set("Filter", a.Text(0))
			o.Adapted = true
			o.Methods = map[string]value.Method{
				"findone": func([]any) (any, error) {
					name, err := domain.FindComputer(filter[1])
					if name == "" || err != nil {
						return nil, err
					}
					found := value.NewObject("System.DirectoryServices.SearchResult").Set("Path", "LDAP://"+name)
					found.Adapted = true
					return found, nil
				},
				"dispose": func([]any) (any, error) { return Void, nil },
			}
			return o, nil
		}},
	}
}

// computerFilter is the one filter that the simulated directory answers.
var computerFilter = regexp.MustCompile(`^\(&\(objectCategory=computer\)\(dNSHostName=([A-Za-z0-9.-]+)\)\)$`)

func securityIdentifier(g TokenGroup) *value.Object {
	o := value.NewObject("System.Security.Principal.SecurityIdentifier").Set("Value", g.SID)
	o.Adapted = true
	o.Text = func() string { return g.SID }
	o.Methods = map[string]value.Method{
		"translate": func([]any) (any, error) {
			account := value.NewObject("System.Security.Principal.NTAccount").Set("Value", g.Name)
			account.Adapted, account.Text = true, func() string { return g.Name }
			return account, nil
		},
	}
	return o
}
