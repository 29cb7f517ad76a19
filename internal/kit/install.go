package kit

import (
	_ "embed" // for the scripts
	"fmt"
	"strings"
)

var (
	//go:embed parts/Install-FedRoute.ps1
	installPart string
	//go:embed parts/Uninstall-FedRoute.ps1
	uninstallPart string
	//go:embed parts/accounts.ps1
	accountsPart string
)

// installer is the machine's Install-FedRoute.ps1, and uninstaller takes away what it made.
func (m Machine) installer() string {
	text := strings.Replace(installPart, "# GROUPS\n", m.makeGroups(), 1)
	account := ""
	if m.RunAs != "" {
		name := nameOnly(m.RunAs)
		account = fmt.Sprintf(`if (Get-Command -Name Test-ADServiceAccount -ErrorAction SilentlyContinue) {
    if (-not (Test-ADServiceAccount -Identity %s)) { throw "This machine may not use the group managed service account %s. Add it to PrincipalsAllowedToRetrieveManagedPassword, and restart it." }
}
else { Write-Warning "Whether this machine may use %s was not checked: it has no ActiveDirectory module." }
`, quote(name), m.RunAs, m.RunAs)
	}
	return strings.Replace(text, "# ACCOUNT\n", account, 1)
}

// localGroups are the groups of the machine itself.
func (m Machine) localGroups() (names []string) {
	computer := ComputerName(m.FQDN) + `\`
	for _, group := range []string{m.Readers, m.Operators} {
		if name, local := strings.CutPrefix(group, computer); local && (len(names) == 0 || names[0] != name) {
			names = append(names, name)
		}
	}
	return names
}

// makeGroups makes the machine's own groups, and the accounts of a file beside the script.
// PowerShell takes no configuration whose groups are not there.
func (m Machine) makeGroups() string {
	if len(m.localGroups()) == 0 {
		return ""
	}
	return fmt.Sprintf(`foreach ($group in %s) {
    if (-not (Get-LocalGroup -Name $group -ErrorAction SilentlyContinue)) { $null = New-LocalGroup -Name $group -Description 'May call functions of fedroute' }
}
`, array(m.localGroups())) + accountsPart
}

func (m Machine) uninstaller() string {
	groups := ""
	if len(m.Accounts) > 0 {
		var names []string
		for _, a := range m.Accounts {
			names = append(names, a.Name)
		}
		groups = fmt.Sprintf(`foreach ($name in %s) {
    if (Get-LocalUser -Name $name -ErrorAction SilentlyContinue) {
        if ($PSCmdlet.ShouldProcess($name, 'Remove the local account')) { Remove-LocalUser -Name $name }
    }
}
`, array(names))
	}
	if len(m.localGroups()) > 0 {
		groups += fmt.Sprintf(`foreach ($group in %s) {
    if (Get-LocalGroup -Name $group -ErrorAction SilentlyContinue) {
        if ($PSCmdlet.ShouldProcess($group, 'Remove the local group')) { Remove-LocalGroup -Name $group }
    }
}
`, array(m.localGroups()))
	}
	return strings.Replace(uninstallPart, "# GROUPS\n", groups, 1)
}

// ComputerName is the NetBIOS name of a machine.
func ComputerName(fqdn string) string {
	const longest = 15
	host, _, _ := strings.Cut(fqdn, ".")
	host = strings.ToUpper(host)
	return host[:min(len(host), longest)]
}
