package scenario_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

func TestPasswordIsWrong(t *testing.T) {
	s := open(t, sampleFarm(t, "one-site-two-pools"))
	s.credentials()
	wrong := s.managerSecret()
	wrong["password"] = "Wr0ng-and-still-nobody's-business"
	s.secrets = append(s.secrets, wrong["password"])
	s.store("manager", wrong)
	s.create(s.topology())
	before := s.writes()
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonDenied, "credentials or the sign-in method were not accepted")
	s.unchanged(before)
	// Five wrong passwords lock an account out in many domains: it is not shown again.
	refusals := s.org.Counters().WinRM.Unauthorized
	time.Sleep(15 * time.Second) // a refused account used to be shown again after ten
	if again := s.org.Counters().WinRM.Unauthorized - refusals; again != 0 {
		t.Errorf("the refused account was shown again: %d requests", again)
	}
	s.says(r, v1alpha1.ReasonDenied, "so that it is not locked out, the account is not shown again before", "kubectl fedroute reconcile")

	s.store("manager", s.managerSecret())
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

func TestEdgePasswordIsWrong(t *testing.T) {
	s := open(t, sampleFarm(t, "one-site-two-pools"))
	s.credentials()
	wrong := s.edgeSecret()
	wrong["password"] = "Wr0ng-at-the-edge"
	s.secrets = append(s.secrets, wrong["password"])
	s.store("edge", wrong)
	s.create(s.topology())
	before := s.writes()
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonDenied, "read Edge server edge2.contoso.com", "not accepted", "nothing was changed")
	s.unchanged(before)

	s.store("edge", s.edgeSecret())
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

// TestPasswordOfOneEdgeMachineIsWrong: a machine has a Secret of its own. While that is wrong, the
// machine alone cannot be read.
func TestPasswordOfOneEdgeMachineIsWrong(t *testing.T) {
	s := open(t, sampleFarm(t, "one-site-two-pools"))
	s.credentials()
	s.secret("edge1", s.wrongEdgeSecret())
	s.create(s.topologyWithASecretOfEdge1())
	s.reaches(map[string]bool{"edge1.contoso.com": false, "edge2.contoso.com": true})

	s.store("edge1", s.edgeSecret())
	s.reaches(map[string]bool{"edge1.contoso.com": true, "edge2.contoso.com": true})
}

// TestOldPoolCannotBeReadAndServes: the password of the machine that federation is to leave was
// changed. Nobody can read the machine, and it serves partners all the same: so it keeps its flags
// until the new pool serves them. Its ports are taken away when it can be read again.
func TestOldPoolCannotBeReadAndServes(t *testing.T) {
	s := open(t, sampleFarm(t, "one-site-two-pools"))
	s.credentials()
	s.secret("edge1", s.edgeSecret())
	s.create(s.topologyWithASecretOfEdge1())
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.store("edge1", s.wrongEdgeSecret())
	s.reaches(map[string]bool{"edge1.contoso.com": false, "edge2.contoso.com": true})
	s.moveTo(r, "edge2.contoso.com")
	s.until(r, "the old pool losing its flags", func(*v1alpha1.FederationRoute) bool {
		return !slices.ContainsFunc(s.org.State().EdgePools, func(p sim.EdgePoolState) bool { return p.FQDN == "edge1.contoso.com" && (p.SIP || p.XMPP) })
	})
	s.hosts("edge2.contoso.com")
	if n := s.acts("Publish-CsTopology", "Topology"); n != publishesOfAMove {
		t.Errorf("the topology was published %d times\n%s", n, s.journal())
	}
	if n := s.setups()["edge1.contoso.com"]; n != 0 {
		t.Errorf("setup ran %d times on a machine that cannot be read", n)
	}

	s.store("edge1", s.edgeSecret())
	s.until(r, "setup of the old pool", func(*v1alpha1.FederationRoute) bool { return s.setups()["edge1.contoso.com"] == 1 })
	s.settled(r)
}

// wrongEdgeSecret is the Edge machines' Secret with a wrong password.
func (s *story) wrongEdgeSecret() map[string]string {
	wrong := s.edgeSecret()
	wrong["password"] = "Wr0ng-at-one-edge"
	s.secrets = append(s.secrets, wrong["password"])
	return wrong
}

// topologyWithASecretOfEdge1 is the LyncTopology in which a machine is read with a Secret of its
// own.
func (s *story) topologyWithASecretOfEdge1() *v1alpha1.LyncTopology {
	lt := s.topology()
	for i := range lt.Spec.EdgeServers.Overrides {
		if o := &lt.Spec.EdgeServers.Overrides[i]; o.FQDN == "edge1.contoso.com" {
			o.Authentication = v1alpha1.Authentication{Method: v1alpha1.AuthBasic, SecretRef: v1alpha1.LocalReference{Name: "edge1"}}
			if s.way == byKit {
				o.Accounts = accounts("edge1", "edge-operator")
			}
		}
	}
	return lt
}

// reaches waits until the LyncTopology says which Edge machines could be read.
func (s *story) reaches(want map[string]bool) {
	s.Helper()
	lt := s.organization()
	got := map[string]bool{}
	s.eventually("reading the Edge machines", func() bool {
		s.must(objects.Get(s.ctx, key(lt), lt))
		clear(got)
		for _, pool := range lt.Status.EdgePools {
			for _, server := range pool.Servers {
				got[server.FQDN] = server.Reachable
			}
		}
		return cmp.Equal(want, got)
	}, func() string { return cmp.Diff(want, got) })
}

func TestCertificateIsOfAnotherAuthority(t *testing.T) {
	s := open(t, sampleFarm(t, "one-site-two-pools"))
	s.credentials()
	other, err := pki.New("Somebody else", time.Now(), time.Hour)
	s.must(err)
	lt := s.topology()
	lt.Spec.CABundle = string(other.CertPEM())
	s.create(lt)
	before := s.writes()
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonDenied, "signed by an authority that is not trusted here", "contoso simulated CA", "put that authority's certificate into the CA bundle")
	s.unchanged(before)

	change(s, lt, func(lt *v1alpha1.LyncTopology) { lt.Spec.CABundle = string(s.org.CA().CertPEM()) })
	s.settled(r)
	s.hosts("edge2.contoso.com")
}
