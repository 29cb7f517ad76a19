package kit

import (
	"fmt"
	"strings"
)

// Account is an account that an installer makes: of the domain, or of one Edge machine. It
// is also what a Secret holds.
type Account struct {
	Name     string // without the domain, such as "fedroute-reader"
	Group    string // whose member it becomes, without the domain
	Password string
}

// accountsFile has a line for each account. It is no JSON, because then a command would get
// the passwords as text, which module logging keeps.
func accountsFile(folder string, accounts []Account) File {
	var b strings.Builder
	for _, a := range accounts {
		fmt.Fprintf(&b, "%s\t%s\t%s\n", a.Name, a.Group, a.Password)
	}
	return File{Path: folder + "/accounts.tsv", Text: b.String(), Secret: true}
}

// nameOnly is an account's or a group's name without the domain.
func nameOnly(name string) string { return name[strings.LastIndex(name, `\`)+1:] }
