// Package pages holds the declarations of the commands that every PowerShell has, as
// Microsoft's reference pages give them: names, parameters, types, parameter sets,
// positions, aliases and pipeline input. It has one file for each edition of PowerShell.
// README.md explains where the files come from and how to read them. The behaviour of
// the commands is not in this package.
package pages

import (
	"embed"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/fedroute/fedroute/lyncsim/powershell"
)

//go:embed windows-5.1.tsv core-7.6.tsv
var files embed.FS

var (
	windows = sync.OnceValue(func() map[string]Page { return read("windows-5.1.tsv") })
	core    = sync.OnceValue(func() map[string]Page { return read("core-7.6.tsv") })
)

// Page is the declaration of one command on its reference page.
type Page struct {
	Name      string
	Module    string // its name without "Microsoft.PowerShell."
	Signature powershell.Signature
}

// Of finds a command's page in an edition, by its exact name.
func Of(e powershell.Edition, name string) (Page, bool) {
	p, ok := in(e)[name]
	return p, ok
}

// Names lists the commands of an edition, sorted.
func Names(e powershell.Edition) []string { return slices.Sorted(maps.Keys(in(e))) }

// Signatures gives a command's signature in each edition that has the command.
func Signatures(name string) map[powershell.Edition]powershell.Signature {
	found := make(map[powershell.Edition]powershell.Signature)
	for _, e := range []powershell.Edition{powershell.Windows51, powershell.Core7} {
		if p, ok := Of(e, name); ok {
			found[e] = p.Signature
		}
	}
	return found
}

func in(e powershell.Edition) map[string]Page {
	if e == powershell.Core7 {
		return core()
	}
	return windows()
}

func read(file string) map[string]Page {
	text, err := files.ReadFile(file)
	if err != nil {
		return nil // cannot happen: without an embedded file the build fails
	}
	pages := make(map[string]Page)
	var page Page
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if fields[0] == "" {
			page.add(fields[1:])
			pages[page.Name] = page
			continue
		}
		page = begin(fields)
		pages[page.Name] = page
	}
	for _, p := range pages {
		slices.SortStableFunc(p.Signature.Parameters, func(a, b powershell.Parameter) int { return place(a) - place(b) })
	}
	return pages
}

// place is the sort key of a parameter. It gives the order in which commands declare
// their parameters: by position, then those that are only given by name.
func place(p powershell.Parameter) int {
	const last = 1 << 20
	least := last
	for _, s := range p.Sets {
		if s.Position != powershell.Named {
			least = min(least, s.Position)
		}
	}
	return least
}

// begin reads the line that starts a command: name, module, default parameter set,
// aliases and output types.
func begin(fields []string) Page {
	return Page{Name: fields[0], Module: fields[1], Signature: powershell.Signature{
		DefaultSet: strings.Join(list(fields[2]), ""), Aliases: list(fields[3]), OutputTypes: list(fields[4])}}
}

// list reads words with commas between them. "-" stands for an empty list.
func list(field string) []string {
	if field == "-" {
		return nil
	}
	return strings.Split(field, ",")
}
