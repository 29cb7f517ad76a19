package kit

import (
	"fmt"
	"strings"
)

// AdminScripts is the second form of the kit, for servers on which nobody may touch WinRM:
// the functions of a Front End for the pool's own OcsPowershell endpoint, which runs
// functions of its AdminScripts folder for members of a role (New-CsAdminRole
// -ScriptModules). Nobody has tried it on a real server.
func AdminScripts(l Limits) []File {
	functions := Machine{Roles: []Role{FrontEnd}}.functions()
	var reading, all []string
	for _, f := range functions {
		if !f.Operator {
			reading = append(reading, f.Name)
		}
		all = append(all, f.Name)
	}
	return []File{
		{Path: "ocspowershell/FedRoute.ps1", Text: moduleText(functions)},
		{Path: "ocspowershell/FedRoute.limits.json", Text: l.of([]Role{FrontEnd}).text()},
		{Path: "ocspowershell/New-FedRouteRoles.ps1", Text: rolesHead + newRole(readerRole, "CsViewOnlyAdministrator", reading) + newRole(operatorRole, "CsServerAdministrator", all)},
		{Path: "ocspowershell/README.md", Text: adminReadme},
	}
}

// newRole makes a role that has functions of the script. A role cannot be without cmdlets,
// so it has one that reads what the functions read, too.
func newRole(name, template string, functions []string) string {
	entries := make([]string, 0, len(functions))
	for _, f := range functions {
		entries = append(entries, "'FedRoute.ps1:"+f+"'")
	}
	return fmt.Sprintf("New-CsAdminRole -Identity %s -Template %s -Cmdlets 'Get-CsSite' -ScriptModules %s\n", name, template, strings.Join(entries, ", "))
}

const rolesHead = `# New-FedRouteRoles: makes the roles that may call the functions of FedRoute.ps1
#
# Each role belongs to the group of its name, which must be there before.

`

const adminReadme = `# The functions for OcsPowershell: unproven

Nobody has tried this form on a real server. It was tried with the simulated organization, whose OcsPowershell is inferred. Open, among others: as whom a function reaches SQL Server and Active Directory, and whether Get-CsTopology works there.

Edge servers have no OcsPowershell. They need the kit, or another way in.

1. Make two universal security groups in the domain, ` + readerRole + ` and ` + operatorRole + `, and an account in each.
   - Changes: two groups, two accounts.
   - Check: Get-ADGroupMember ` + readerRole + `
   - Undo: remove them.
2. Copy FedRoute.ps1 and FedRoute.limits.json into AdminScripts of every Front End server of the pool, a folder below "Common Files" of the product.
   - Changes: two files.
   - Check: the files are there on each server.
   - Undo: remove them.
3. Run New-FedRouteRoles.ps1 in the management shell of one Front End server.
   - Changes: two roles. Each has the functions, and the cmdlet Get-CsSite because a role cannot be without one.
   - Check: Get-CsAdminRole -Identity ` + readerRole + ` | Select-Object -ExpandProperty ScriptModules
   - Undo: Remove-CsAdminRole -Identity ` + readerRole + ` and Remove-CsAdminRole -Identity ` + operatorRole + `
4. In the LyncTopology, write for each Front End server an endpoint with url https://<server>/OcsPowershell, serverName <pool>, and configuration Microsoft.PowerShell. Name the accounts of the first act under reader and operator, with method Kerberos or NTLM.
   - Changes: nothing on a server.
   - Check: the LyncTopology becomes Ready.
   - Undo: name the endpoints of before.
`
