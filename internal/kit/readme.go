package kit

import (
	"fmt"
	"slices"
	"strings"
)

// act is one thing that an administrator does, with what it changes, how to check it and
// how to undo it.
type act struct{ do, changes, check, undo string }

// readme is the page for the administrators who install the kit. Acts are numbered through.
func (k Kit) readme() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# fedroute's endpoint kit, version %d

This kit lets fedroute call a few functions on the machines below, and nothing else. "kubectl fedroute kit" wrote it.

Read FedRoute\FedRoute.psm1 of a machine: it is everything that can be run there. FedRoute.limits.json lists the sites, pools and zones that the functions accept. Write the kit anew when a route names another one.

Not tried by the authors: group managed service accounts, virtual accounts, Windows PowerShell 5.1 itself, a domain. The kit was judged with PowerShell 7.6 and a simulated organization.
`, Version)
	b.WriteString("\n" + k.passwords() + "\n")
	if k.Transcripts == "" {
		b.WriteString("\nNo transcripts are kept. With --transcripts each session leaves one in a folder of the machine; one look in 30 seconds makes about 31 MB a day.\n")
	} else {
		fmt.Fprintf(&b, "\nEach session leaves a transcript in %s on the machine. It holds every argument and every answer. One look in 30 seconds makes about 31 MB a day; nothing removes the files.\n", k.Transcripts)
	}
	n := 0
	write := func(title string, acts ...act) {
		if len(acts) > 0 {
			fmt.Fprintf(&b, "\n## %s\n", title)
		}
		for _, a := range acts {
			n++
			fmt.Fprintf(&b, "\n%d. %s\n   - Changes: %s\n   - Check: %s\n   - Undo: %s\n", n, a.do, a.changes, a.check, a.undo)
		}
	}
	servers := k.domain().servers()
	if len(servers) > 0 {
		write("The domain "+k.domain().wants().Domain+" and its servers", k.domainActs()...)
		for _, m := range servers {
			fmt.Fprintf(&b, "\n%s gets %s; they run %s.\n", m.FQDN, strings.Join(names(m.functions()), ", "), m.as())
		}
	}
	for _, m := range k.Machines {
		if len(m.localGroups()) > 0 {
			write(m.FQDN, m.acts()...)
			fmt.Fprintf(&b, "\n%s gets %s; they run %s.\n", m.FQDN, strings.Join(names(m.functions()), ", "), m.as())
		}
	}
	write("The cluster", k.clusterActs()...)
	write("Before a route changes something (mode Approve or Enforce)", k.laterActs()...)
	return b.String()
}

// passwords says which files hold some and what to do with them.
func (k Kit) passwords() string {
	if len(k.Secrets) == 0 {
		return "No file of it holds a secret."
	}
	return `Passwords are in the files accounts.tsv, each of which a machine's installer reads and deletes, and in the folder secrets, which only the cluster needs. Whoever reads one may call the functions of that account. So carry only the folder that an act names, over a way that nobody else reads, and delete this whole folder when the last act is done. No act shows a password, and nobody has to know one: writing the kit again makes others.`
}

// domainActs install the kit on the servers of the domain.
func (k Kit) domainActs() []act {
	w := k.domain().wants()
	var makes []string
	for _, g := range w.Groups {
		makes = append(makes, "the group "+g.Name)
	}
	for _, a := range w.Accounts {
		makes = append(makes, "the account "+a)
	}
	for _, a := range w.ServiceAccounts {
		what := "the group managed service account " + a.Name + "$"
		if len(a.Reads) > 0 {
			what += ", a member of " + strings.Join(a.Reads, " and ")
		}
		makes = append(makes, what)
	}
	acts := []act{{
		"Copy the folder domain to a Front End server. As a Domain Admin run `.\\Install-FedRoute.ps1` there (with -Check it only looks). It installs the kit on the other servers over PowerShell Remoting. Where it stops it says why; run it again when the cause is gone.",
		"In the domain: " + strings.Join(makes, "; ") + ". On each of " + strings.Join(w.Servers, ", ") + ": the module C:\\Program Files\\WindowsPowerShell\\Modules\\FedRoute and the session configuration FedRoute. The WinRM service of each is restarted, which ends sessions there.",
		"As a member of the readers: `Invoke-Command -ComputerName " + w.Servers[0] + " -ConfigurationName FedRoute -ScriptBlock { Get-FedRouteKit }` answers one line; any other command is refused.",
		"`.\\Uninstall-FedRoute.ps1` in the folder of each server, there; then that in the folder domain.",
	}}
	if len(k.Accounts) == 0 {
		acts = append(acts, act{
			"Make an account for each Secret of the domain, a member of the group of readers or operators.",
			"Members may call the functions of the kit. They need no other right.",
			"The account is a member and of no other group that may sign in to the servers.",
			"Remove the account.",
		})
	}
	return acts
}

// as is whom the machine's functions run as.
func (m Machine) as() string {
	if m.RunAs != "" {
		return "as " + m.RunAs
	}
	return "as a virtual account, which is an administrator of this machine and nobody elsewhere"
}

// acts are those on one machine outside the domain.
func (m Machine) acts() []act {
	made := "the local groups " + strings.Join(m.localGroups(), " and ")
	for _, a := range m.Accounts {
		made += ", the local account " + a.Name
	}
	list := []act{{
		fmt.Sprintf("Copy the folder %s to the machine. As an administrator run `.\\Install-FedRoute.ps1` there (with -Check it only looks).", m.Folder()),
		"The module C:\\Program Files\\WindowsPowerShell\\Modules\\FedRoute, the session configuration FedRoute, " + made + ". The WinRM service is restarted, which ends sessions on this machine.",
		"`Get-PSSessionConfiguration -Name FedRoute`. As a member of the readers: `Invoke-Command -ComputerName " + m.FQDN + " -UseSSL -Credential <account> -ConfigurationName FedRoute -ScriptBlock { Get-FedRouteKit }` answers one line; any other command is refused.",
		"`.\\Uninstall-FedRoute.ps1`.",
	}}
	if len(m.Accounts) == 0 {
		list = append(list, act{
			fmt.Sprintf("Make a local account for each Secret with `New-LocalUser`, and make it a member: `Add-LocalGroupMember -Group '%s' -Member <account>`. The installer has made the groups. No account needs to be an administrator.", strings.Join(m.localGroups(), "' -Member <account>` or `Add-LocalGroupMember -Group '")),
			"Local accounts that may call the functions.",
			"`Get-LocalGroupMember` shows them.",
			"`Remove-LocalUser`.",
		})
	}
	return list
}

// clusterActs store what the manager reads.
func (k Kit) clusterActs() []act {
	secrets := act{
		"Store the readers' accounts: `kubectl create secret generic <name> --from-literal=username=<account> --from-file=password=<file>` for each Secret. The file must not end in a newline, which would count as a part of the password.",
		"One Secret for each.", "`kubectl get secrets`.", "`kubectl delete secret`.",
	}
	if len(k.Secrets) > 0 {
		var made []string
		for _, c := range k.Secrets {
			if !c.Writes {
				made = append(made, c.Name)
			}
		}
		if len(made) == 0 { // one account reads and changes
			made = append(made, k.Secrets[0].Name)
		}
		secrets = act{
			"`kubectl apply --server-side -f secrets` stores the accounts (`-f secrets/readers.yaml` those alone that read). Without --server-side the passwords would stand in an annotation, which `kubectl describe` shows.",
			"The Secrets that the LyncTopology and the routes name.",
			"`kubectl get secret " + strings.Join(made, " ") + "`.",
			"`kubectl delete -f secrets`.",
		}
	}
	return []act{secrets, {
		"`kubectl apply` the LyncTopology and the routes that this kit was written from, with `configuration: FedRoute` at each entry of management.endpoints and in edgeServers, and with mode Observe at first.",
		"fedroute opens sessions in that configuration, as these accounts, instead of remote shells.",
		"`kubectl get lt` shows Ready True; status.unknownParts is empty.",
		"Take the fields out again, or delete the objects.",
	}}
}

// laterActs give rights that a look does not need.
func (k Kit) laterActs() (acts []act) {
	for _, a := range k.domain().wants().ServiceAccounts {
		if len(a.Changes) > 0 {
			acts = append(acts, act{
				"On a Front End server run `.\\Grant-FedRoute.ps1` of the folder domain, as a Domain Admin.",
				fmt.Sprintf("%s$ becomes a member of %s and an administrator of %s, and gets full control over the file share. The setup permission is granted on the containers of the topology's computers.", a.Name, strings.Join(a.Changes, " and "), strings.Join(a.Servers, ", ")),
				"`Test-CsSetupPermission -ComputerOU <container>` says True.",
				"Take the memberships and the permission of the file share away.",
			})
		}
		if k.changesZones(a.Name) {
			acts = append(acts, act{
				fmt.Sprintf("Give %s$ the right to change the zone: the zone's own permissions, or DnsAdmins.", a.Name),
				"The account may change the records of the zone.", "A plan that updates DNS ends well.", "Take the right away.",
			})
		}
	}
	return acts
}

// changesZones reports whether functions of a DNS server run as the service account.
func (k Kit) changesZones(account string) bool {
	return slices.ContainsFunc(k.Machines, func(m Machine) bool { return m.Has(DNS) && nameOnly(m.RunAs) == account+"$" })
}
