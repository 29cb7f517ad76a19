package cmdlets_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
)

// told prints the error of a command as a program sees it that knows no language: the
// classes of the exceptions, and their numbers.
const told = `try { $ErrorActionPreference = 'Stop'; COMMAND; 'done' } catch {
	$e = $_.Exception
	while ($e) { '{0} {1} {2}{3}{4}' -f $e.GetType().Name, $e.HResult, $e.Number, $e.ExtendedError, $e.NativeErrorCode; $e = $e.InnerException }
}`

func TestSecondHop(t *testing.T) {
	const (
		noDirectory = "DirectoryServicesCOMException -2147016672 1244"
		noStore     = "SqlException -2146232060 18456"
		done        = "done"
	)
	kind := func(s *farm.Spec) { s.ADReadableFromNetworkLogon, s.SQLReachableFromNetworkLogon = true, true }
	readable := func(s *farm.Spec) { s.ADReadableFromNetworkLogon = true }
	standard := func(s *farm.Spec) { s.ADReadableFromNetworkLogon, s.CentralManagement = true, "pool2.contoso.com" }
	admins := farm.Token(append(farm.AllRights(), farm.LocalAdministrator)...)
	over := func(how identity.SignIn) identity.Identity {
		return identity.Identity{Account: anna, SignIn: how, Groups: admins}
	}
	cases := map[string]struct {
		reason  string
		edit    func(*farm.Spec)
		who     identity.Identity
		on      string
		command string
		want    string
	}{
		"first cmdlet":       {"Active Directory comes first", nil, over(identity.NetworkLogon), frontEnd, "Get-CsSite", noDirectory},
		"location":           {"it tells where the store is", nil, over(identity.NetworkLogon), frontEnd, "Get-CsManagementConnection | Out-Null", noDirectory},
		"readable directory": {"the location alone is not the store", readable, over(identity.NetworkLogon), frontEnd, "Get-CsManagementConnection | Out-Null", done},
		"store":              {"SQL Server is on another machine", readable, over(identity.NetworkLogon), frontEnd, "Get-CsSite | Out-Null", noStore},
		"Standard Edition":   {"SQL Server is on the same machine", standard, over(identity.NetworkLogon), "pool2.contoso.com", "Get-CsSite | Out-Null", done},
		"kind":               {"nothing is beyond a network logon", kind, over(identity.NetworkLogon), frontEnd, "Get-CsSite | Out-Null", done},
		"forwarded ticket":   {"it goes on", nil, over(identity.ForwardedTicket), frontEnd, "Get-CsSite | Out-Null", done},
		"run as":             {"the machine knows a managed account's password", nil, over(identity.ServiceAccount), frontEnd, "Get-CsSite | Out-Null", done},
		"virtual account":    {"the computer has no right to the store", nil, over(identity.VirtualAccount), frontEnd, "Get-CsSite", noStore},
		"own replica":        {"-LocalStore asks nobody", nil, over(identity.NetworkLogon), frontEnd, "Get-CsTopology -AsXml -LocalStore | Out-Null", done},
		"own services":       {"nor do the services of the machine", nil, over(identity.NetworkLogon), frontEnd, "Get-CsWindowsService | Out-Null", done},
		"own setup":          {"nor setup", nil, over(identity.NetworkLogon), edge1, "Enable-CsComputer", done},
		"services elsewhere": {"another machine's services are beyond it", nil, over(identity.NetworkLogon), frontEnd, "Get-CsWindowsService -ComputerName fe2.contoso.com",
			"InvalidOperationException -2146233079 | Win32Exception -2147467259 5"},
		"local account": {"the domain does not know it", nil, identity.Identity{Account: "anna", SignIn: identity.Console, Groups: admins}, frontEnd, "Get-CsSite",
			"DirectoryServicesCOMException -2147023570 0"},
		"local account over the network": {"it is as anonymous as the others", nil, identity.Identity{Account: "anna", Groups: admins}, frontEnd, "Get-CsSite", noDirectory},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f, _ := newFarm(t, c.edit)
			s := newShell(f, c.on)
			s.who = c.who
			got := strings.Join(trimmed(s.run(t, strings.Replace(told, "COMMAND", c.command, 1)).Out), " | ")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func trimmed(list []string) []string {
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

func TestRights(t *testing.T) {
	const (
		noLogin = "SqlException -2146232060 18456"
		noWrite = "SqlException -2146232060 229"
		denied  = "UnauthorizedAccessException -2147024891"
		noSCM   = "InvalidOperationException -2146233079 | Win32Exception -2147467259 5"
		done    = "done"
	)
	cases := map[string]struct {
		reason  string
		edit    func(*farm.Spec)
		groups  string
		command string
		want    string
	}{
		"read":                    {"users' administrators may read", nil, farm.UserAdmins, "Get-CsSite | Out-Null", done},
		"read without a group":    {"SQL Server does not know the account", nil, "Domain Users", "Get-CsSite", noLogin},
		"read as reader":          {"the group for reading may read most", nil, farm.ReadOnlyAdmins, "Get-CsSite | Out-Null", done},
		"read topology as reader": {"and not the topology document", nil, farm.ReadOnlyAdmins, "Get-CsTopology -AsXml", noWrite},
		"read access as reader":   {"nor the Access Edge configuration", nil, farm.ReadOnlyAdmins, "Get-CsAccessEdgeConfiguration", noWrite},
		"write":                   {"and may not write", nil, farm.UserAdmins, "Set-CsAccessEdgeConfiguration -AllowFederatedUsers $true", noWrite},
		"write as server admin":   {"servers' administrators may", nil, farm.ServerAdmins, "Set-CsAccessEdgeConfiguration -AllowFederatedUsers $true", done},
		"enable":                  {"who may publish may not enable", nil, farm.ServerAdmins, "Enable-CsTopology", denied},
		"enable with permission":  {"the file share wants full control", func(s *farm.Spec) { s.SetupPermissionGranted = true }, farm.ServerAdmins, "Enable-CsTopology", denied},
		"enable as domain admin":  {"a Domain Admin may", nil, farm.ServerAdmins + "," + farm.DomainAdmins, "Enable-CsTopology", done},
		"start services":          {"the product's groups start no service", nil, farm.ServerAdmins, "Start-CsWindowsService RTCSRV", noSCM},
		"start services as admin": {"an administrator of the machine does", nil, farm.LocalAdministrator, "Start-CsWindowsService RTCSRV", done},
		"setup":                   {"setup is for administrators of the machine", nil, farm.ServerAdmins, "Enable-CsComputer", noSCM},
		"fail back":               {"a failback writes the store", nil, farm.UserAdmins, "Invoke-CsPoolFailBack -PoolFqdn pool1.contoso.com -Confirm:$false", noWrite},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f, _ := newFarm(t, c.edit)
			s := newShell(f, frontEnd)
			s.who.Groups = farm.Token(strings.Split(c.groups, ",")...)
			got := strings.Join(trimmed(s.run(t, strings.Replace(told, "COMMAND", c.command, 1)).Out), " | ")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestBarriersInOtherLanguages checks that the texts of an error follow the servers'
// language, and its numbers do not.
func TestBarriersInOtherLanguages(t *testing.T) {
	cases := map[string]struct {
		reason   string
		language farm.Language
		want     string
	}{
		"default": {"servers are English unless the farm file says otherwise", "", `18456 Login failed for user 'NT AUTHORITY\ANONYMOUS LOGON'.`},
		"German":  {"Windows and SQL Server translate the account's name, too", farm.German, `18456 Fehler bei der Anmeldung für den Benutzer 'NT-AUTORITÄT\ANONYMOUS-ANMELDUNG'.`},
		"French":  {"in each language in its own way", farm.French, `18456 Échec de l'ouverture de session de l'utilisateur 'AUTORITE NT\ANONYMOUS LOGON'.`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f, _ := newFarm(t, func(s *farm.Spec) { s.ADReadableFromNetworkLogon, s.Language = true, c.language })
			s := newShell(f, frontEnd)
			s.who.SignIn = identity.NetworkLogon
			got := s.run(t, `try { Get-CsSite -ErrorAction Stop } catch { '{0} {1}' -f $_.Exception.Number, $_.Exception.Message }`)
			if diff := cmp.Diff(answer{Out: []string{c.want}}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
