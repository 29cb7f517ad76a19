package kit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Machine is one machine that gets a kit.
type Machine struct {
	FQDN string
	// Roles decide which functions the machine gets: those of each.
	Roles []Role
	// RunAs is the group managed service account that the functions run as, such as
	// "CONTOSO\fedroute$"; empty: a virtual account, which is an administrator of the
	// machine and nobody elsewhere.
	RunAs string
	// Readers and Operators are the groups that may call the reading functions, and all.
	Readers, Operators string
	// Accounts are those of an Edge machine that its installer makes; none: a person makes
	// them.
	Accounts []Account
	Limits   Limits
}

// Kit is everything that administrators install for one organization, and the Secrets with
// the accounts that its installers make.
type Kit struct {
	Options
	Machines []Machine
	Limits   Limits
	// Accounts are those of the domain; none: a person makes them.
	Accounts []Account
	Secrets  []Credential
}

// Files of the whole kit.
func (k Kit) Files() []File {
	files := append([]File{{Path: "README.md", Text: k.readme()}}, k.domain().Files()...)
	for _, m := range k.Machines {
		files = append(files, m.Files(k.Options)...)
	}
	return slices.Concat(files, Secrets(k.Secrets), AdminScripts(k.Limits))
}

func (k Kit) domain() Domain { return Domain{k.Machines, k.Accounts} }

// Options are choices for the whole kit.
type Options struct {
	// Transcripts is a folder on the machines for a transcript of each session; empty:
	// none is kept.
	Transcripts string
}

// File is one file of a kit; Path is relative, with slashes.
type File struct {
	Path, Text string
	// Secret: the file has passwords, so only its owner may read it.
	Secret bool
}

// Bytes is the file as Windows reads it: lines end in CR LF, and a text that is not ASCII
// begins with a byte order mark, without which Windows PowerShell reads it in the machine's
// code page.
func (f File) Bytes() []byte {
	text := strings.ReplaceAll(f.Text, "\n", "\r\n")
	if strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
		text = "\ufeff" + text
	}
	return []byte(text)
}

// Has reports whether the machine has a role.
func (m Machine) Has(role Role) bool { return slices.Contains(m.Roles, role) }

// functions of the machine, sorted by name.
func (m Machine) functions() []Function {
	list := []Function{describe}
	for _, role := range m.Roles {
		list = append(list, Functions(role)...)
	}
	slices.SortFunc(list, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Folder of the machine in a kit. The folders of the domain's servers lie in that of the
// domain, from where one administrator installs all of them.
func (m Machine) Folder() string {
	name := strings.ToLower(m.FQDN)
	if len(m.localGroups()) > 0 {
		return name
	}
	return DomainFolder + "/" + name
}

// Files writes what one machine gets, in its folder.
func (m Machine) Files(o Options) []File {
	functions := m.functions()
	var reading, writing []Function
	for _, f := range functions {
		if f.Operator {
			writing = append(writing, f)
		} else {
			reading = append(reading, f)
		}
	}
	var files []File
	for _, f := range []struct{ name, text string }{
		{"FedRoute/FedRoute.limits.json", m.Limits.of(m.Roles).text()},
		{"FedRoute/FedRoute.psd1", manifest(functions)},
		{"FedRoute/FedRoute.psm1", moduleText(functions)},
		{"FedRoute/RoleCapabilities/" + readerRole + ".psrc", capability(readerRole, reading)},
		{"FedRoute/RoleCapabilities/" + operatorRole + ".psrc", capability(operatorRole, writing)},
		{"FedRoute.pssc", m.configuration(o)},
		{"Install-FedRoute.ps1", m.installer()},
		{"Uninstall-FedRoute.ps1", m.uninstaller()},
	} {
		files = append(files, File{Path: m.Folder() + "/" + f.name, Text: f.text})
	}
	if len(m.Accounts) > 0 {
		files = append(files, accountsFile(m.Folder(), m.Accounts))
	}
	return files
}

// principal is what an account or a group may be called. No quotation mark is in it, of
// which PowerShell knows eight.
var principal = regexp.MustCompile(`^[\p{L}\p{Nd}._$& ()@-]{1,256}(\\[\p{L}\p{Nd}._$& ()@-]{1,256})?$`)

// hostName is what a machine may be called. Its folder has that name.
var hostName = regexp.MustCompile(`\A(?:` + label + `\.)*` + label + `\z`)

const longestName = 253

// Check reports what of the machine cannot be written into a kit.
func (m Machine) Check() error {
	if !hostName.MatchString(m.FQDN) || len(m.FQDN) > longestName {
		return fmt.Errorf("%q is no name of a machine; write it with its domain, like edge1.contoso.com", m.FQDN)
	}
	for _, one := range []struct{ what, name string }{{"group of readers", m.Readers}, {"group of operators", m.Operators}, {"run-as account", m.RunAs}} {
		if !principal.MatchString(one.name) && (one.what != "run-as account" || one.name != "") {
			return fmt.Errorf("%s: %q is no name of a %s; write DOMAIN\\name", m.FQDN, one.name, one.what)
		}
	}
	if m.Has(Edge) && len(m.Roles) > 1 {
		return fmt.Errorf("%s: it is an Edge machine and has another role; an Edge machine stands outside the domain, and its functions run as nobody of it", m.FQDN)
	}
	if m.Has(DNS) && m.RunAs == "" {
		return fmt.Errorf("%s: a DNS server needs a run-as account: on a domain controller a virtual account is a Domain Admin", m.FQDN)
	}
	return nil
}
