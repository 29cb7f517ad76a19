package kit

import "fmt"

// AdminScripts is the second form of the kit, for servers on which nobody may touch WinRM:
// the functions of a Front End for the pool's own OcsPowershell endpoint, which runs
// functions of its AdminScripts folder for members of a role (New-CsAdminRole
// -ScriptModules). Nobody has tried it.
func AdminScripts(l Limits) []File {
	functions := Machine{Role: FrontEnd}.functions()
	var reading, writing []string
	for _, f := range functions {
		if f.Writes {
			writing = append(writing, f.Name)
		} else {
			reading = append(reading, f.Name)
		}
	}
	return []File{
		{"ocspowershell/FedRoute.ps1", moduleText(functions)},
		{"ocspowershell/FedRoute.limits.json", l.of(FrontEnd).text()},
		{"ocspowershell/README.md", fmt.Sprintf(adminReadme, script(reading), script(append(reading, writing...)))},
	}
}

// script lists functions as -ScriptModules takes them.
func script(functions []string) string {
	text := "FedRoute.ps1:"
	for i, name := range functions {
		if i > 0 {
			text += ","
		}
		text += name
	}
	return text
}

const adminReadme = `# The functions for OcsPowershell: unproven

Nobody has tried this form. Open, among others: as whom a function reaches SQL Server and Active Directory, and whether Get-CsTopology works there.

1. Copy FedRoute.ps1 and FedRoute.limits.json into AdminScripts of every Front End server of the pool, a folder below "Common Files" of the product.
   - Changes: two files.
   - Check: the files are there on each server.
   - Undo: remove them.
2. Make two roles from a security group each, which must be there before:
   New-CsAdminRole -Identity FedRouteReader -Template CsViewOnlyAdministrator -ScriptModules "%s"
   New-CsAdminRole -Identity FedRouteOperator -Template CsServerAdministrator -ScriptModules "%s"
   - Changes: two roles. Each also has the cmdlets of its template, so this form gives more than the functions.
   - Check: Get-CsAdminRole -Identity FedRouteReader | Select-Object ScriptModules
   - Undo: Remove-CsAdminRole.
`
