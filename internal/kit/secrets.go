package kit

import (
	"fmt"
	"strings"
)

// Credential is a Secret with the account that fedroute signs in with.
type Credential struct {
	Namespace, Name string // of the Secret; no namespace: that of kubectl
	Username        string
	Realm           string // of Kerberos
	Password        string
	Writes          bool // the account may call functions that change something
}

// Secrets are manifests for kubectl: those of accounts that read, and of accounts that
// change. A file that would be empty is left out.
func Secrets(credentials []Credential) (files []File) {
	for _, one := range []struct {
		name   string
		writes bool
	}{{"readers", false}, {"operators", true}} {
		var documents []string
		for _, c := range credentials {
			if c.Writes == one.writes {
				documents = append(documents, c.manifest())
			}
		}
		if len(documents) > 0 {
			files = append(files, File{Path: "secrets/" + one.name + ".yaml", Text: strings.Join(documents, "---\n"), Secret: true})
		}
	}
	return files
}

// manifest is the Secret. Single quotes make YAML take each value as it is.
func (c Credential) manifest() string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: Secret\nmetadata:\n")
	write := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %s: '%s'\n", key, strings.ReplaceAll(value, "'", "''"))
		}
	}
	write("name", c.Name)
	write("namespace", c.Namespace)
	b.WriteString("type: Opaque\nstringData:\n")
	write("username", c.Username)
	write("realm", c.Realm)
	write("password", c.Password)
	return b.String()
}
