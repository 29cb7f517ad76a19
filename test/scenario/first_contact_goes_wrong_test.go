package scenario_test

import (
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// litwareWithAccounts is the Enterprise farm with the accounts of a kit.
func litwareWithAccounts(t *testing.T) farm.Spec {
	t.Helper()
	spec := sampleFarm(t, "enterprise-second-hop")
	spec.Accounts = append(spec.Accounts,
		farm.Account{Name: `LITWARE\fedroute-reader`, Groups: []string{"FedRoute Readers"}},
		farm.Account{Name: `LITWARE\fedroute$`, Groups: []string{farm.ServerAdmins}})
	return spec
}

// installs puts the kit on both Front End servers, with one file changed by hand.
func (s *story) installs(file, before, after string) {
	s.Helper()
	for _, machine := range []string{"fe1.litware.com", "fe2.litware.com"} {
		m := kit.Machine{FQDN: machine, Roles: []kit.Role{kit.FrontEnd}, RunAs: `LITWARE\fedroute$`, Readers: `LITWARE\FedRoute Readers`, Operators: `LITWARE\FedRoute Operators`,
			Limits: kit.Limits{Sites: []string{"Seattle"}, Pools: []string{"edgepool1.litware.com", "edgepool2.litware.com", "pool1.litware.com"}}}
		folder := fstest.MapFS{}
		for _, f := range m.Files(kit.Options{}) {
			if path.Base(f.Path) == file {
				if !strings.Contains(f.Text, before) {
					s.Fatalf("%s has no %s", file, before)
				}
				f.Text = strings.Replace(f.Text, before, after, 1)
			}
			folder[strings.TrimPrefix(f.Path, m.Folder()+"/")] = &fstest.MapFile{Data: f.Bytes()}
		}
		s.must(s.org.Install(machine, folder))
	}
}

// TestFirstContactGoesWrong: an administrator gets one thing after the other wrong. The
// LyncTopology and the route say each time what it is and what helps, nothing is written, and
// with the kit as it was written both go on by themselves.
func TestFirstContactGoesWrong(t *testing.T) {
	s := open(t, litwareWithAccounts(t))
	s.credentials()
	lt := s.topology()
	for _, a := range s.org.Accounts() {
		if a.Name == `LITWARE\fedroute-reader` {
			s.secret("reader", map[string]string{"username": a.Name, "password": a.Password})
		}
	}
	lt.Spec.Management.Authentication.SecretRef.Name = "reader"
	for i := range lt.Spec.Management.Endpoints {
		lt.Spec.Management.Endpoints[i].Configuration = kit.ConfigurationName
	}
	s.create(lt)
	r := s.route("edgepool2.litware.com", func(r *v1alpha1.FederationRoute) { r.Spec.Mode = v1alpha1.ModeObserve })
	for _, c := range []struct {
		reason              string
		file, before, after string
		why, says           string
	}{
		{"nothing is installed", "", "", "", v1alpha1.ReasonInvalid, "install the endpoint kit on that host"},
		{"the host may not use the account", "FedRoute.pssc", `LITWARE\fedroute$`, `LITWARE\nobody$`, v1alpha1.ReasonRightsMissing, "Test-ADServiceAccount"},
		{"the account is in no group of the kit", "FedRoute.pssc", "FedRoute Readers", "Others", v1alpha1.ReasonDenied, "may use the session configuration FedRoute"},
		{"a role lost a function", "FedRouteReader.psrc", `'Read-Topology', `, ``, v1alpha1.ReasonDenied, "shows this account no function Read-Topology"},
		{"somebody made a module of it that is none", "FedRoute.psm1", "# FedRoute: the", "function {\n# FedRoute: the", v1alpha1.ReasonStepFailed, "Missing name after function keyword"},
		{"somebody took a field out of an answer", "FedRoute.psm1", "    Unknown             = $unknown\n", "", v1alpha1.ReasonUnsupported, "the endpoint kit there was changed"},
	} {
		if c.file != "" {
			s.installs(c.file, c.before, c.after)
		}
		s.topologySays("org", c.why, c.says)
		s.says(r, c.why, c.says)
		if n := s.writes(); n != 0 {
			t.Errorf("%s: %d writes", c.reason, n)
		}
	}
	s.installs("", "", "")
	s.says(r, v1alpha1.ReasonDrifted, "mode Observe changes nothing")
	if n := s.writes(); n != 0 {
		t.Errorf("%d writes", n)
	}
}
