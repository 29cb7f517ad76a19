package scenario_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/test/support/program"
)

// account is the account of a farm file with that name, of the domain or of the machine.
func (s *story) account(name, machine string) farm.Account {
	s.Helper()
	for _, a := range s.org.Accounts() {
		local := len(a.Machines) > 0
		if a.Name == name && (local == (machine != "")) && (!local || a.Machines[0] == machine) {
			return a
		}
	}
	s.Fatalf("there is no account %s of %q", name, machine)
	return farm.Account{}
}

// readerAndOperator stores both accounts of the kit, of the domain or of a machine.
func (s *story) readerAndOperator(domain, machine string) v1alpha1.Accounts {
	s.Helper()
	one := func(role string) v1alpha1.Authentication {
		a := s.account(domain+"fedroute-"+role, machine)
		name := strings.Trim("kit-"+role+"-"+strings.ReplaceAll(machine, ".", "-"), "-")
		s.secret(name, map[string]string{"username": a.Name, "password": a.Password})
		return v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: name}}
	}
	return v1alpha1.Accounts{Reader: one("reader"), Operator: one("operator")}
}

// writeKit runs kubectl fedroute kit.
func (s *story) writeKit(arguments ...string) string {
	s.Helper()
	folder := filepath.Join(s.TempDir(), "kit")
	plugin := filepath.Join(s.TempDir(), "kubectl-fedroute")
	s.must(program.Build(root, "./cmd/kubectl-fedroute", plugin))
	out, err := exec.CommandContext(s.ctx, plugin, append([]string{"kit", "--kubeconfig", plane.Kubeconfig, "-n", s.namespace, "--out", folder}, arguments...)...).CombinedOutput()
	if err != nil {
		s.Fatalf("%v: %s", err, out)
	}
	return folder
}

// TestKitBringsAFarmFromNothingToFailover: on an Enterprise farm a password alone reads
// nothing. With the kit two accounts that may only call its functions do everything.
func TestKitBringsAFarmFromNothingToFailover(t *testing.T) {
	s := open(t, sampleFarm(t, "enterprise-second-hop"))
	s.credentials()
	lt := s.topology()
	s.create(lt)
	s.topologySays("org", v1alpha1.ReasonSecondHop, "install the endpoint kit")
	r := s.route("edgepool1.litware.com", func(r *v1alpha1.FederationRoute) {
		r.Spec.StandbyEdgePools = []v1alpha1.Hostname{"edgepool2.litware.com"}
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "pool1.litware.com"}}
	})

	folder := s.writeKit("--topology", "org", "--route", r.Name, "--run-as", `LITWARE\fedroute$`, "--site", "Seattle",
		"--edge-server", "edge1.litware.com", "--edge-server", "edge2.litware.com")
	for _, e := range s.org.Endpoints() {
		s.must(s.org.Install(e.Machine, os.DirFS(filepath.Join(folder, e.Machine))))
	}
	change(s, s.organization(), func(lt *v1alpha1.LyncTopology) {
		lt.Spec.Management.Accounts = s.readerAndOperator(`LITWARE\`, "")
		for i := range lt.Spec.Management.Endpoints {
			lt.Spec.Management.Endpoints[i].Configuration = kit.ConfigurationName
		}
		lt.Spec.EdgeServers.Configuration = kit.ConfigurationName
		for i := range lt.Spec.EdgeServers.Overrides {
			o := &lt.Spec.EdgeServers.Overrides[i]
			o.Accounts = s.readerAndOperator("", string(o.FQDN))
		}
	})
	s.settled(r)
	s.hosts("edgepool1.litware.com")
	move := func(to, standby string) {
		change(s, r, func(r *v1alpha1.FederationRoute) {
			r.Spec.EdgePool, r.Spec.StandbyEdgePools = v1alpha1.Hostname(to), []v1alpha1.Hostname{v1alpha1.Hostname(standby)}
		})
		s.settled(r)
		s.hosts(to)
		s.associated("pool1.litware.com", to)
	}
	move("edgepool2.litware.com", "edgepool1.litware.com")
	move("edgepool1.litware.com", "edgepool2.litware.com")

	for _, e := range s.org.Farm().Journal() {
		if strings.HasPrefix(e.Actor.Command, "Set-Cs") && e.Actor.User != `LITWARE\fedroute$` {
			s.Errorf("%+v was not done by the run-as account", e)
		}
	}
}
