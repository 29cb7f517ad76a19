package organization_test

import (
	"bytes"
	"context"
	"path"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/internal/kit/session"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// withOcsPowershell is the farm with the product's own endpoint, and an account for each
// role. None of them may do anything elsewhere.
func withOcsPowershell(t *testing.T, edit func(*farm.Spec)) *sim.Organization {
	t.Helper()
	spec, err := farm.Load(litware)
	must(t, err)
	spec.OcsPowershell = &farm.OcsPowershellSpec{}
	for _, role := range []string{"CsAdministrator", "CsServerAdministrator", "CsViewOnlyAdministrator", "CsHelpDesk", "FedRouteReader", "FedRouteOperator", "Others"} {
		spec.Accounts = append(spec.Accounts, farm.Account{Name: `LITWARE\` + role + `-anna`, Password: "p", Groups: []string{role}})
	}
	if edit != nil {
		edit(&spec)
	}
	o, err := sim.Start(t.Context(), sim.Config{Spec: spec})
	must(t, err)
	t.Cleanup(o.Close)
	return o
}

// installAdminScripts does the acts of the kit's page for OcsPowershell.
func installAdminScripts(t *testing.T, o *sim.Organization) {
	t.Helper()
	limits := kit.Limits{Sites: []string{"Seattle"}, Pools: []string{"edgepool1.litware.com", "edgepool2.litware.com", "pool1.litware.com"}}
	for _, f := range kit.AdminScripts(limits) {
		switch name := path.Base(f.Path); name {
		case "FedRoute.ps1", "FedRoute.limits.json":
			for _, server := range []string{frontEnd1, "fe2.litware.com"} {
				must(t, o.WriteFile(server, o.Farm().Product().AdminScripts()+`\`+name, f.Bytes()))
			}
		case "New-FedRouteRoles.ps1":
			atConsole(t, o, f.Text)
		}
	}
}

// atConsole runs a script in the management shell of a Front End server.
func atConsole(t *testing.T, o *sim.Organization, script string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code, err := o.RunScript(t.Context(), frontEnd1, sim.Script{Text: script, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs})
	if err != nil || code != 0 || errs.Len() > 0 {
		t.Fatalf("%s: %d %v %s", script, code, err, errs.String())
	}
	return out.String()
}

func ocsEndpoint(o *sim.Organization) remote.Endpoint {
	at := endpoint(o, frontEnd1)
	for _, e := range o.Endpoints() {
		if e.Machine == frontEnd1 {
			at.URL, at.ServerName = e.OcsPowershellURL, "pool1.litware.com"
		}
	}
	at.Configuration = psrp.DefaultConfiguration
	return at
}

func asMember(role string) remote.Credentials {
	return remote.Credentials{Method: remote.NTLM, Username: `LITWARE\` + role + `-anna`, Password: "p"}
}

// TestOcsPowershellShowsWhatTheRoleHas: a session of the product's own endpoint shows the
// cmdlets of the caller's roles and takes commands by name, and they run as the server.
func TestOcsPowershellShowsWhatTheRoleHas(t *testing.T) {
	o := withOcsPowershell(t, nil)
	const hidden, shown = "CommandNotFoundException", ""
	for _, c := range []struct {
		reason, role                   string
		sites, setSite, services, docs string // the failure of a call
	}{
		{"CsAdministrator has every cmdlet that names a role", "CsAdministrator", shown, shown, shown, hidden},
		{"CsServerAdministrator changes nothing for the whole organization", "CsServerAdministrator", shown, hidden, shown, hidden},
		{"CsViewOnlyAdministrator looks", "CsViewOnlyAdministrator", shown, hidden, shown, hidden},
		{"every role sees sites", "CsHelpDesk", shown, hidden, hidden, hidden},
	} {
		s, err := psrp.Dial(t.Context(), ocsEndpoint(o), psrp.DefaultConfiguration, asMember(c.role), psrp.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.reason, err)
			continue
		}
		for _, command := range []struct {
			name       string
			parameters []psrp.Parameter
			want       string
		}{
			{"Get-CsSite", nil, c.sites},
			{"Set-CsSite", []psrp.Parameter{one("Identity", "Seattle"), one("EnablePartnerDiscovery", true), one("WhatIf", true)}, c.setSite},
			{"Get-CsManagementStoreReplicationStatus", nil, c.services},
			{"Get-CsTopology", []psrp.Parameter{one("AsXml", true)}, c.docs},
			{"Get-Content", nil, hidden},
			{"Get-CsSite; Get-CsPool", nil, hidden},
		} {
			got := call(t, s, command.name, command.parameters...).Failure
			if visible := got != hidden; visible != (command.want == shown) {
				t.Errorf("%s: %s fails with %q", c.reason, command.name, got)
			}
		}
		must(t, s.Close(t.Context()))
	}
	_, err := psrp.Dial(t.Context(), ocsEndpoint(o), psrp.DefaultConfiguration, asMember("Others"), psrp.Options{})
	says(t, "who has no role", err, fault.Denied)
	_, err = psrp.Dial(t.Context(), ocsEndpoint(o), kit.ConfigurationName, asMember("CsAdministrator"), psrp.Options{})
	says(t, "another configuration", err, fault.Invalid)
}

// TestRolesGiveNothingElsewhere: in an ordinary session a role is a group like any other.
func TestRolesGiveNothingElsewhere(t *testing.T) {
	o := withOcsPowershell(t, func(s *farm.Spec) {
		s.ADReadableFromNetworkLogon, s.SQLReachableFromNetworkLogon = true, true
		for i := range s.Accounts {
			if strings.HasPrefix(s.Accounts[i].Name, `LITWARE\CsAdministrator`) {
				s.Accounts[i].AdministratorOf = []string{"*"} // so that it gets a session at all
			}
		}
	})
	s, err := psrp.Dial(t.Context(), endpoint(o, frontEnd1), psrp.DefaultConfiguration, asMember("CsAdministrator"), psrp.Options{})
	must(t, err)
	if got := call(t, s, "Get-CsSite"); len(got.Output) > 0 || len(got.Errors) != 1 || !strings.Contains(got.Errors[0], "SqlException") {
		t.Errorf("a member of CsAdministrator reads the store: %+v", got)
	}
	must(t, s.Close(t.Context()))
}

// byOcsPowershell is a fleet on the product's own endpoint.
func byOcsPowershell(t *testing.T, o *sim.Organization, role string) (*shell.Observer, *shell.Operator) {
	t.Helper()
	account := shell.Account{Management: func(context.Context) (remote.Credentials, error) { return asMember(role), nil }}
	fleet := shell.NewFleet(shell.Config{Management: []remote.Endpoint{ocsEndpoint(o)}, Reader: account, Operator: account, Dial: session.Dialer(psrp.Options{})})
	t.Cleanup(func() { fleet.Close(context.Background()) })
	return shell.NewObserver(fleet), shell.NewOperator(fleet)
}

// TestKitByOcsPowershell: the kit's functions, loaded by New-CsAdminRole, do there what they
// do in a session configuration, for members of the kit's roles and for nobody else.
func TestKitByOcsPowershell(t *testing.T) {
	o := withOcsPowershell(t, nil)
	observer, _ := byOcsPowershell(t, o, "FedRouteReader")
	_, _, err := observer.ReadTopology(t.Context())
	says(t, "before the roles are made", err, fault.Denied)

	installAdminScripts(t, o)
	observer, operator := byOcsPowershell(t, o, "FedRouteReader")
	topology, _, err := observer.ReadTopology(t.Context())
	if err != nil || len(topology.Unknown) > 0 || len(topology.EdgePools) != 2 {
		t.Errorf("the reader sees %+v, %v", topology, err)
	}
	_, err = operator.SetSiteRoute(t.Context(), "Seattle", lync.SIP, "edgepool2.litware.com")
	says(t, "the reader changes something", err, fault.Denied, "shows this account no function Set-SiteRoute")

	_, operator = byOcsPowershell(t, o, "FedRouteOperator")
	if route, err := operator.SetSiteRoute(t.Context(), "Seattle", lync.SIP, "edgepool2.litware.com"); err != nil || route != "edgepool2.litware.com" {
		t.Errorf("the operator sets %s, %v", route, err)
	}
	journal := o.Farm().Journal()
	if last := journal[len(journal)-1]; last.Actor.User != `LITWARE\FE1$` {
		t.Errorf("%+v was not done by the server", last)
	}
	observer, _ = byOcsPowershell(t, o, "CsAdministrator")
	_, _, err = observer.ReadTopology(t.Context())
	says(t, "an administrator without the kit's role", err, fault.Denied, "no function of the endpoint kit")

	if got := atConsole(t, o, "(Get-CsAdminRole -Identity FedRouteReader | Select-Object -ExpandProperty ScriptModules) -join ' '"); !strings.Contains(got, "FedRoute.ps1:Read-Topology") {
		t.Errorf("the page's check shows %q", got)
	}
	atConsole(t, o, "Remove-CsAdminRole -Identity FedRouteReader -Confirm:$false")
	observer, _ = byOcsPowershell(t, o, "FedRouteReader")
	_, _, err = observer.ReadTopology(t.Context())
	says(t, "after the undo", err, fault.Denied)
}

// TestOcsPowershellWithLittle: nobody knows what the server's account may read. Where it is
// less, the look says which part, and what helps.
func TestOcsPowershellWithLittle(t *testing.T) {
	o := withOcsPowershell(t, func(s *farm.Spec) { s.OcsPowershell.Groups = []string{farm.ReadOnlyAdmins} })
	installAdminScripts(t, o)
	observer, _ := byOcsPowershell(t, o, "FedRouteReader")
	topology, _, err := observer.ReadTopology(t.Context())
	says(t, "the topology document is out of its reach", err, fault.RightsMissing, "not to be read", "RTC groups")
	if lacks, _ := topology.Lacks(lync.PartDocument); !lacks || len(topology.Unknown) != 2 {
		t.Errorf("unknown are %+v", topology.Unknown)
	}
}
