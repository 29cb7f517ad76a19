package kit_test

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/kit"
)

// windowsScript runs an installer in the real engine with functions in the place of the
// cmdlets that Linux does not have, and tells what it changed.
//
//go:embed testdata/windows.ps1
var windowsScript string

// password is as long as those of kubectl fedroute kit.
const password = "Fr1-ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// wholeKit is a kit of two Front Ends and an Edge machine.
func wholeKit() kit.Kit {
	k := kit.Kit{Limits: limits, Accounts: []kit.Account{{Name: "fedroute-reader", Group: "FedRoute Readers", Password: password}, {Name: "fedroute-operator", Group: "FedRoute Operators", Password: password}}}
	for _, fqdn := range []string{"fe1.contoso.com", "fe2.contoso.com"} {
		m := machines[fe1]
		m.FQDN = fqdn
		k.Machines = append(k.Machines, m)
	}
	edge := kit.Machine{FQDN: edge1, Roles: []kit.Role{kit.Edge}, Readers: `EDGE1\FedRoute Readers`, Operators: `EDGE1\FedRoute Operators`, Accounts: k.Accounts, Limits: limits}
	k.Machines = append(k.Machines, edge)
	return k
}

// desk is a folder with a kit, and the state of what it is installed on.
type desk struct {
	*testing.T
	engine, kit, script, state string
}

// newDesk unpacks a kit. The state is a hashtable of PowerShell with more entries.
func newDesk(t *testing.T, engine, computer, more string) *desk {
	t.Helper()
	root := t.TempDir()
	d := &desk{t, engine, filepath.Join(root, "kit"), filepath.Join(root, "windows.ps1"), filepath.Join(root, "state.xml")}
	for _, f := range wholeKit().Files() {
		path := filepath.Join(d.kit, f.Path)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, f.Bytes(), 0o644))
	}
	must(t, os.WriteFile(d.script, []byte(windowsScript), 0o644))
	d.powershell("-Command", fmt.Sprintf(`@{ Computer = '%s'; ProgramFiles = '%s'; Domain = 'CONTOSO'; RootKeys = @('2020-01-01'); computers = @('fe1.contoso.com', 'fe2.contoso.com')
		group = @('RTCUniversalUserAdmins', 'RTCUniversalServerAdmins'); user = @(); service = @(); May = @{}; Members = @{}; Prepared = @(); Silent = @(); Refuses = @()
		LocalGroups = @(); LocalUsers = @(); LocalMembers = @(); Registered = @() } | ForEach-Object { %s; $_ } | Export-Clixml -LiteralPath '%s' -Depth 9`,
		computer, filepath.Join(root, "Program Files"), more, d.state))
	return d
}

func (d *desk) powershell(arguments ...string) string {
	d.Helper()
	command := exec.Command(d.engine, append([]string{"-NoProfile", "-NonInteractive"}, arguments...)...)
	command.Env = append(os.Environ(), "NO_COLOR=1", "POWERSHELL_TELEMETRY_OPTOUT=1")
	out, err := command.CombinedOutput()
	if err != nil {
		d.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// run runs a script of the kit and gives its lines.
func (d *desk) run(script string, switches ...string) []string {
	d.Helper()
	out := d.powershell(append([]string{"-File", d.script, d.state, filepath.Join(d.kit, script)}, switches...)...)
	if strings.Contains(out, password) {
		d.Errorf("%s shows a password:\n%s", script, out)
	}
	return strings.Split(strings.TrimSpace(out), "\n")
}

func (d *desk) wants(reason string, want, got []string) {
	d.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		d.Errorf("%s (-want +got):\n%s", reason, diff)
	}
}

func (d *desk) there(file string) bool {
	_, err := os.Stat(filepath.Join(d.kit, file))
	return err == nil
}

// whole is what the installer of a Front End server says of a kit that nobody changed.
var whole = isWhole(kit.FrontEnd, "1 sites, 4 pools, 0 zones")

// isWhole counts the functions of the catalogue, and the one that describes the kit.
func isWhole(role kit.Role, limits string) string {
	return fmt.Sprintf("The kit is whole: %d functions, %s.", len(kit.Functions(role))+1, limits)
}

// TestOneActInstallsTheDomain: one command makes the groups, the accounts and the service
// account, and installs the kit on each server of the domain. A second run makes nothing.
func TestOneActInstallsTheDomain(t *testing.T) {
	path := realPowerShell(t, "one act installs the domain")
	if path == "" {
		return
	}
	d := newDesk(t, path, "fe1", "")
	const ready = "The domain has what the kit needs, and 2 servers are there."
	d.wants("a check changes nothing", []string{ready}, d.run("domain/Install-FedRoute.ps1", "-Check"))
	remote := []string{
		"fe2.contoso.com: files are copied",
		`fe2: task of NT AUTHORITY\SYSTEM: powershell.exe -NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File "Install-FedRoute.ps1" -Unattended`,
		"fe2: FedRoute is registered, with the module True",
		"fe2: the task is gone",
		"fe2.contoso.com: installed.",
	}
	local := []string{whole, "fe1: FedRoute is registered, with the module True", "The session configuration FedRoute is registered. Sessions on this machine were ended by the restart of WinRM."}
	want := append([]string{ready,
		"domain: Global Security group FedRoute Readers",
		"domain: Global Security group FedRoute Operators",
		"domain: account fedroute-reader, enabled True, delegable False, with a protected password",
		"domain: FedRoute Readers has fedroute-reader",
		"domain: account fedroute-operator, enabled True, delegable False, with a protected password",
		"domain: FedRoute Operators has fedroute-operator",
		"domain: service account fedroute (fedroute.contoso.com) for CN=fe1,OU=Lync,DC=contoso,DC=com CN=fe2,OU=Lync,DC=contoso,DC=com",
		"domain: RTCUniversalUserAdmins has fedroute$",
	}, append(remote, local...)...)
	d.wants("the first run", want, d.run("domain/Install-FedRoute.ps1"))
	if d.there("domain/accounts.tsv") {
		t.Error("the passwords were left behind")
	}
	again := func(lines []string, computer string) (all []string) {
		for _, l := range lines {
			if strings.HasPrefix(l, computer+": FedRoute is registered") {
				all = append(all, computer+": FedRoute is not registered any more")
			}
			all = append(all, l)
		}
		return all
	}
	d.wants("the second run", append([]string{ready}, append(again(remote, "fe2"), again(local, "fe1")...)...), d.run("domain/Install-FedRoute.ps1"))

	d.wants("rights to change come later", []string{
		"domain: RTCUniversalServerAdmins has fedroute$", "domain: RTCUniversalUserAdmins has fedroute$ no more",
		`fe1: S-1-5-32-544 has CONTOSO\fedroute$`, `fe2: S-1-5-32-544 has CONTOSO\fedroute$`,
		`share: \\files.contoso.com\lync /grant CONTOSO\fedroute$:(OI)(CI)F`,
		"domain: setup permission on OU=Lync,DC=contoso,DC=com",
		"The service account may change what the functions change. It may take a restart of its sessions until it does.",
	}, d.run("domain/Grant-FedRoute.ps1"))
	d.wants("and an installation does not take them away", append([]string{ready}, append(again(remote, "fe2"), again(local, "fe1")...)...), d.run("domain/Install-FedRoute.ps1"))
	d.wants("all of it can be taken away", []string{
		"domain: no service account fedroute", "domain: no account fedroute-reader", "domain: no account fedroute-operator",
		"domain: no group FedRoute Readers", "domain: no group FedRoute Operators",
	}, d.run("domain/Uninstall-FedRoute.ps1"))
}

// TestTheDomainsInstallerSaysWhatIsMissing, before it makes anything.
func TestTheDomainsInstallerSaysWhatIsMissing(t *testing.T) {
	path := realPowerShell(t, "the domain's installer says what is missing")
	if path == "" {
		return
	}
	for _, c := range []struct{ reason, more, says string }{
		{"another domain", "$_.Domain = 'FABRIKAM'", "This is the domain FABRIKAM, and the kit is of the domain CONTOSO. Run it there."},
		{"no KDS root key", "$_.RootKeys = @()", "The forest has no KDS root key in effect"},
		{"a key of today has to wait", "$_.RootKeys = @('2999-01-01')", "The forest has no KDS root key in effect"},
		{"a server's name is wrong", "$_.computers = @('fe1.contoso.com')", "The domain has no computer fe2.contoso.com."},
		{"no such product in this domain", "$_.group = @()", "the domain has no group RTCUniversalUserAdmins"},
		{"a server is down", "$_.Silent = @('fe2.contoso.com')", "fe2.contoso.com does not answer"},
	} {
		d := newDesk(t, path, "fe1", c.more)
		got := d.run("domain/Install-FedRoute.ps1")
		if len(got) != 1 || !strings.HasPrefix(got[0], "ended: "+c.says) {
			t.Errorf("%s: %q", c.reason, got)
		}
		if !d.there("domain/accounts.tsv") {
			t.Errorf("%s: the passwords are gone", c.reason)
		}
	}
}

// TestAServerThatRefusesIsTold: the other servers are installed, and the passwords stay for
// the next run.
func TestAServerThatRefusesIsTold(t *testing.T) {
	path := realPowerShell(t, "the installer tells which server refuses")
	if path == "" {
		return
	}
	d := newDesk(t, path, "dc1", "$_.Refuses = @('fe1')")
	got := strings.Join(d.run("domain/Install-FedRoute.ps1"), "\n")
	for _, want := range []string{
		"WARNING: fe1.contoso.com: not installed: the group is not known here yet", "fe2.contoso.com: installed.",
		"ended: The kit is not installed on fe1.contoso.com. Remove the cause that is told above, and run this again.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q:\n%s", want, got)
		}
	}
	if !d.there("domain/accounts.tsv") {
		t.Error("the passwords are gone")
	}
}

// TestOneActInstallsAnEdgeMachine with its groups and accounts, and its undo takes them away.
func TestOneActInstallsAnEdgeMachine(t *testing.T) {
	path := realPowerShell(t, "one act installs an Edge machine")
	if path == "" {
		return
	}
	d := newDesk(t, path, "edge1", "")
	check := isWhole(kit.Edge, "0 sites, 0 pools, 0 zones")
	d.wants("a check", []string{check}, d.run("edge1.contoso.com/Install-FedRoute.ps1", "-Check"))
	end := "The session configuration FedRoute is registered. Sessions on this machine were ended by the restart of WinRM."
	d.wants("the first run", []string{check,
		"edge1: local group FedRoute Readers", "edge1: local group FedRoute Operators",
		"edge1: local account fedroute-reader with a protected password", "edge1: FedRoute Readers has fedroute-reader",
		"edge1: local account fedroute-operator with a protected password", "edge1: FedRoute Operators has fedroute-operator",
		"edge1: FedRoute is registered, with the module True", end,
	}, d.run("edge1.contoso.com/Install-FedRoute.ps1"))
	if d.there("edge1.contoso.com/accounts.tsv") {
		t.Error("the passwords were left behind")
	}
	d.wants("the second run", []string{check, "edge1: FedRoute is not registered any more", "edge1: FedRoute is registered, with the module True", end}, d.run("edge1.contoso.com/Install-FedRoute.ps1"))
	d.wants("the undo", []string{
		"edge1: FedRoute is not registered any more", "edge1: no local account fedroute-reader", "edge1: no local account fedroute-operator",
		"edge1: no local group FedRoute Readers", "edge1: no local group FedRoute Operators",
	}, d.run("edge1.contoso.com/Uninstall-FedRoute.ps1"))
}
