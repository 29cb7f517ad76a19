package kit

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Machine is one machine that gets a kit.
type Machine struct {
	FQDN string
	Role Role
	// RunAs is the group managed service account that the functions run as, such as
	// "CONTOSO\fedroute$"; empty: a virtual account, which is an administrator of the
	// machine and nobody elsewhere.
	RunAs string
	// Readers and Operators are the groups that may call the reading functions, and all.
	Readers, Operators string
	Limits             Limits
}

// Options are choices for the whole kit.
type Options struct {
	// Transcripts is a folder on the machines for a transcript of each session; empty:
	// none is kept.
	Transcripts string
}

// File is one file of a kit; Path is relative, with slashes.
type File struct{ Path, Text string }

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

// functions of the machine, sorted by name.
func (m Machine) functions() []Function {
	list := append(Functions(m.Role), describe)
	slices.SortFunc(list, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Files writes what one machine gets, under a folder with its name.
func (m Machine) Files(o Options) []File {
	functions := m.functions()
	var reading, writing []Function
	for _, f := range functions {
		if f.Writes {
			writing = append(writing, f)
		} else {
			reading = append(reading, f)
		}
	}
	files := []File{
		{"FedRoute/FedRoute.limits.json", m.Limits.of(m.Role).text()},
		{"FedRoute/FedRoute.psd1", manifest(functions)},
		{"FedRoute/FedRoute.psm1", moduleText(functions)},
		{"FedRoute/RoleCapabilities/" + readerRole + ".psrc", capability(readerRole, reading)},
		{"FedRoute/RoleCapabilities/" + operatorRole + ".psrc", capability(operatorRole, writing)},
		{"FedRoute.pssc", m.configuration(o)},
		{"Install-FedRoute.ps1", m.installer()},
		{"Uninstall-FedRoute.ps1", m.uninstaller()},
	}
	for i := range files {
		files[i].Path = path.Join(strings.ToLower(m.FQDN), files[i].Path)
	}
	return files
}

// principal is what an account or a group may be called. No quotation mark is in it, of
// which PowerShell knows eight.
var principal = regexp.MustCompile(`^[\p{L}\p{Nd}._$& ()@-]{1,256}(\\[\p{L}\p{Nd}._$& ()@-]{1,256})?$`)

// Check reports what of the machine cannot be written into a kit.
func (m Machine) Check() error {
	for _, one := range []struct{ what, name string }{{"group of readers", m.Readers}, {"group of operators", m.Operators}, {"run-as account", m.RunAs}} {
		if !principal.MatchString(one.name) && (one.what != "run-as account" || one.name != "") {
			return fmt.Errorf("%s: %q is no name of a %s; write DOMAIN\\name", m.FQDN, one.name, one.what)
		}
	}
	if m.Role == DNS && m.RunAs == "" {
		return fmt.Errorf("%s: a DNS server needs a run-as account: on a domain controller a virtual account is a Domain Admin", m.FQDN)
	}
	return nil
}
