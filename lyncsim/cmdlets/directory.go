package cmdlets

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
)

// builtIn is what Windows writes before the names of the groups of every machine.
var builtIn = map[farm.Language]string{
	farm.English: "BUILTIN", farm.German: "VORDEFINIERT", farm.French: "BUILTIN",
}

// Token implements dotnet.Domain.
func (s *Session) Token() dotnet.Token {
	token := dotnet.Token{Account: s.Who.Account, SID: string(s.Who.SID(s.Machine))}
	for _, g := range s.Who.Groups {
		authority := s.Farm.Spec().Domain()
		switch {
		case strings.HasPrefix(string(g.SID), "S-1-5-32-"):
			authority = builtIn[s.Farm.Language()]
		case !strings.HasPrefix(string(g.SID), string(identity.Domain)):
			authority, _, _ = strings.Cut(s.Machine, ".")
		}
		token.Groups = append(token.Groups, dotnet.TokenGroup{SID: string(g.SID), Name: authority + `\` + g.Name})
	}
	return token
}

// FindComputer implements dotnet.Domain. Edge machines are in a workgroup. The others are in
// one container [invented].
func (s *Session) FindComputer(dnsName string) (string, error) {
	if err := s.May(farm.ReadDirectory); err != nil {
		return "", err
	}
	m, err := s.Farm.Machine(dnsName)
	if err != nil || m.Role == farm.RoleEdge {
		return "", nil
	}
	host, domain, _ := strings.Cut(m.FQDN, ".")
	return "CN=" + strings.ToUpper(host) + ",OU=Lync Servers,DC=" + strings.ReplaceAll(domain, ".", ",DC="), nil
}
