package kit

import (
	"fmt"
	"strings"
)

// act is one thing that an administrator does, with what it changes, how to check it and
// how to undo it.
type act struct{ do, changes, check, undo string }

// Readme is the page for the administrator who installs the kit. Acts are numbered through.
func Readme(machines []Machine, o Options) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# fedroute's endpoint kit, version %d

This kit lets fedroute call a few functions on the machines below, and nothing else. "kubectl fedroute kit" wrote it. No file of it holds a secret.

Read FedRoute\FedRoute.psm1 of a machine: it is everything that can be run there. FedRoute.limits.json lists the sites, pools and zones that the functions accept. Write the kit anew when a route names another one.

Not tried by the authors: group managed service accounts, virtual accounts, Windows PowerShell 5.1 itself. The kit was judged with PowerShell 7.6 and a simulated organization.
`, Version)
	if o.Transcripts == "" {
		b.WriteString("\nNo transcripts are kept. With --transcripts each session leaves one in a folder of the machine; one look in 30 seconds makes about 31 MB a day.\n")
	} else {
		fmt.Fprintf(&b, "\nEach session leaves a transcript in %s on the machine. It holds every argument and every answer. One look in 30 seconds makes about 31 MB a day; nothing removes the files.\n", o.Transcripts)
	}
	n := 0
	write := func(title string, acts []act) {
		fmt.Fprintf(&b, "\n## %s\n", title)
		for _, a := range acts {
			n++
			fmt.Fprintf(&b, "\n%d. %s\n   - Changes: %s\n   - Check: %s\n   - Undo: %s\n", n, a.do, a.changes, a.check, a.undo)
		}
	}
	if accounts := domainActs(machines); len(accounts) > 0 {
		write("In the domain, once", accounts)
	}
	for _, m := range machines {
		write(m.FQDN+": "+m.serves(), m.acts())
	}
	write("In the cluster", []act{{
		"Name the session configuration in the LyncTopology: `configuration: FedRoute` with each entry of management.endpoints, and edgeServers.configuration. Name the Secrets under management.reader and management.operator, and those of each Edge server under its entry of edgeServers.overrides.",
		"fedroute opens sessions in that configuration, as these accounts, instead of remote shells.",
		"kubectl get lt shows Ready True; status.unknownParts is empty.",
		"Take the fields out again.",
	}})
	return b.String()
}

// domainActs make the accounts that machines of the domain use.
func domainActs(machines []Machine) (acts []act) {
	seen := map[string]bool{}
	for _, m := range machines {
		if m.RunAs != "" && !seen[m.RunAs] {
			seen[m.RunAs] = true
			name := strings.TrimSuffix(m.RunAs[strings.LastIndex(m.RunAs, `\`)+1:], "$")
			rights := "RTCUniversalServerAdmins, administrator of the Front End servers, and what docs/rights.md asks for publishing"
			if m.Role == DNS {
				rights = "the right to change the zone (DnsAdmins, or the zone's own permissions)"
			}
			acts = append(acts, act{
				fmt.Sprintf("Make the group managed service account %s: `New-ADServiceAccount -Name %s -DNSHostName %s.<DNS name of the domain> -PrincipalsAllowedToRetrieveManagedPassword <group of the servers>`. Give it %s.", m.RunAs, name, name, rights),
				"One account in Active Directory. Nobody knows its password.",
				fmt.Sprintf("`Test-ADServiceAccount -Identity %s` says True on each server.", name),
				fmt.Sprintf("`Remove-ADServiceAccount -Identity %s`.", name),
			})
		}
		for _, g := range []struct{ group, may string }{{m.Readers, "read"}, {m.Operators, "read and change"}} {
			if !seen[g.group] && len(m.localGroups()) == 0 {
				seen[g.group] = true
				acts = append(acts, act{
					fmt.Sprintf("Make the group %s, and the account of a Secret its member.", g.group),
					fmt.Sprintf("Members may %s through the functions of the kit. The group needs no other right.", g.may),
					"The account is a member and of no other group that may sign in to the servers.", "Remove the group.",
				})
			}
		}
	}
	return acts
}

// acts are those on one machine.
func (m Machine) acts() []act {
	as := "as a virtual account, which is an administrator of this machine and nobody elsewhere"
	if m.RunAs != "" {
		as = "as " + m.RunAs
	}
	asked := ""
	if len(m.localGroups()) > 0 {
		asked = " -UseSSL -Credential <account>" // a machine outside the domain takes no Kerberos
	}
	list := []act{{
		fmt.Sprintf("Copy the folder %s to the machine. As an administrator run `.\\Install-FedRoute.ps1 -Check`, then `.\\Install-FedRoute.ps1`.", strings.ToLower(m.FQDN)),
		fmt.Sprintf("The module C:\\Program Files\\WindowsPowerShell\\Modules\\FedRoute and the session configuration FedRoute, whose functions run %s. The WinRM service is restarted, which ends sessions on this machine.", as),
		"`Get-PSSessionConfiguration -Name FedRoute`. As a member of the readers: `Invoke-Command -ComputerName " + m.FQDN + asked + " -ConfigurationName FedRoute -ScriptBlock { Get-FedRouteKit }` answers one line; any other command is refused.",
		"`.\\Uninstall-FedRoute.ps1`.",
	}}
	if groups := m.localGroups(); len(groups) > 0 {
		list = append(list, act{
			fmt.Sprintf("Make a local account for each Secret with `New-LocalUser`, and make it a member: `Add-LocalGroupMember -Group '%s' -Member <account>`. The installer has made the groups. No account needs to be an administrator.", strings.Join(groups, "' -Member <account>` or `Add-LocalGroupMember -Group '")),
			"Local accounts that may call the functions.",
			"`Get-LocalGroupMember` shows them.",
			"`Remove-LocalUser`.",
		})
	}
	return list
}

func (m Machine) serves() string {
	list := names(m.functions())
	return strings.Join(list, ", ")
}
