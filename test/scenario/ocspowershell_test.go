package scenario_test

import (
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// TestOcsPowershellBringsAFarmFromNothingToFailover: nobody may touch WinRM of the Front End
// servers. Their administrator copies two files and makes two roles, and fedroute works
// through the product's own endpoint: it looks, and then fails federation over. Edge servers
// have the kit, because they have no such endpoint.
func TestOcsPowershellBringsAFarmFromNothingToFailover(t *testing.T) {
	spec := sampleFarm(t, "enterprise-second-hop")
	spec.OcsPowershell = &farm.OcsPowershellSpec{}
	spec.Accounts = append(spec.Accounts,
		farm.Account{Name: `LITWARE\` + reader, Groups: []string{"FedRouteReader"}},
		farm.Account{Name: `LITWARE\` + operator, Groups: []string{"FedRouteOperator"}})
	s := open(t, spec)
	k := kitOf(s)
	s.installAdminScripts(kit.AdminScripts(k.Limits))
	before := s.writes()
	edge := fstest.MapFS{}
	for _, f := range k.Files() {
		if strings.HasPrefix(f.Path, "edge") {
			edge[f.Path] = &fstest.MapFile{Data: f.Bytes()}
		}
	}
	s.must(s.org.InstallKit(edge, false))
	for _, name := range []string{reader, operator} {
		s.secret(name, s.accountSecret(name, false))
		s.secret("edge-"+name, s.accountSecret(name, true))
	}
	s.secret("dns-key", s.dnsSecret())

	lt := s.topology()
	lt.Spec.Management.Accounts = accounts(reader, operator)
	lt.Spec.Management.Endpoints = nil
	for _, e := range s.org.Endpoints() {
		if e.OcsPowershellURL != "" {
			lt.Spec.Management.Endpoints = append(lt.Spec.Management.Endpoints, v1alpha1.ManagementEndpoint{Endpoint: v1alpha1.Endpoint{
				URL: v1alpha1.WSManURL(e.OcsPowershellURL), ServerName: "pool1.litware.com", Configuration: psrp.DefaultConfiguration}})
		}
	}
	lt.Spec.EdgeServers.Accounts, lt.Spec.EdgeServers.Configuration = accounts("edge-"+reader, "edge-"+operator), kit.ConfigurationName
	s.create(lt)
	s.topologySays("org", v1alpha1.ReasonObserved, "")
	r := s.route("edgepool2.litware.com", func(r *v1alpha1.FederationRoute) { r.Spec.Mode = v1alpha1.ModeObserve })
	s.says(r, v1alpha1.ReasonDrifted, "mode Observe changes nothing")
	if n := s.writes() - before; n != 0 {
		t.Errorf("%d writes in mode Observe", n)
	}

	for _, server := range []string{"FE1", "FE2"} { // what the servers' own accounts need to enable a topology
		s.org.Farm().GrantEnabling(`LITWARE\` + server + "$")
	}
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.Mode = v1alpha1.ModeEnforce })
	s.settled(r)
	s.hosts("edgepool2.litware.com")
	for _, e := range s.org.Farm().Journal() {
		if strings.HasPrefix(e.Actor.Command, "Set-Cs") && !strings.HasSuffix(e.Actor.User, "$") {
			s.Errorf("%+v was not done by a server", e)
		}
	}
}

// installAdminScripts does the acts of the kit's page for OcsPowershell.
func (s *story) installAdminScripts(files []kit.File) {
	s.Helper()
	for _, f := range files {
		switch name := path.Base(f.Path); name {
		case "FedRoute.ps1", "FedRoute.limits.json":
			for _, server := range []string{"fe1.litware.com", "fe2.litware.com"} {
				s.must(s.org.WriteFile(server, s.org.Farm().Product().AdminScripts()+`\`+name, f.Bytes()))
			}
		case "New-FedRouteRoles.ps1":
			var out, errs strings.Builder
			code, err := s.org.RunScript(s.ctx, "fe1.litware.com", sim.Script{Text: f.Text, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs})
			if err != nil || code != 0 || errs.Len() > 0 {
				s.Fatalf("%s: %d %v %s", name, code, err, errs.String())
			}
		}
	}
}
