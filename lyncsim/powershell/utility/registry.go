package utility

import (
	"slices"
	"sync"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/pages"
)

// cmdletsOf are the simulated commands of a module. Some of them keep data of one
// runspace, so each call makes new commands.
func cmdletsOf(module string) []cmdlet {
	switch module {
	case "Core":
		return coreCmdlets()
	case "Utility":
		return utilityCmdlets()
	case "Management":
		return managementCmdlets()
	}
	return []cmdlet{getExecutionPolicy()}
}

var moduleNames = []string{"Core", "Utility", "Management", "Security"}

// declared are the signatures of the simulated commands. They are made once, because
// they are the same in every runspace.
var declared = sync.OnceValue(func() map[string]map[powershell.Edition]powershell.Signature {
	all := make(map[string]map[powershell.Edition]powershell.Signature)
	for _, module := range moduleNames {
		for _, m := range cmdletsOf(module) {
			all[m.name] = m.signatures()
		}
	}
	return all
})

// refused are, by module, the commands that have a page and are not simulated. A script
// can find them; a call is refused, and the refusal names the command.
var refused = sync.OnceValue(func() map[string][]*powershell.Command {
	all, simulated, known := make(map[string][]*powershell.Command), declared(), make(map[string]bool)
	for _, e := range []powershell.Edition{powershell.Windows51, powershell.Core7} {
		for _, name := range pages.Names(e) {
			page, _ := pages.Of(e, name)
			if simulated[name] != nil || known[page.Module+name] {
				continue
			}
			known[page.Module+name] = true
			all[page.Module] = append(all[page.Module], &powershell.Command{
				Name: name, Class: classOf(name), Editions: inModule(page.Module, name), Refused: true})
		}
	}
	return all
})

// inModule are the signatures of a command in the editions where the module has it. Some
// commands moved to another module between the editions.
func inModule(module, name string) map[powershell.Edition]powershell.Signature {
	found := pages.Signatures(name)
	for e := range found {
		if page, _ := pages.Of(e, name); page.Module != module {
			delete(found, e)
		}
	}
	return found
}

func module(name, version string) *powershell.Module {
	var made []*powershell.Command
	for _, m := range cmdletsOf(name) {
		made = append(made, m.command())
	}
	return &powershell.Module{Name: "Microsoft.PowerShell." + name, Version: version, Commands: slices.Concat(made, refused()[name])}
}
