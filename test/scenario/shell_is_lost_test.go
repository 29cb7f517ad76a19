package scenario_test

import (
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// TestShellIsLostWhilePublishing loses the shell at each moment of the publish. The
// controller must treat the outcome as unknown each time.
func TestShellIsLostWhilePublishing(t *testing.T) {
	t.Parallel()
	deleted := func(m *wsman.Server) { m.DeleteShells() }
	cases := map[string]struct {
		reason    string
		during    string // the cmdlet that has begun when the shell is lost
		strike    func(*wsman.Server)
		publishes int // how often the flags may be published
	}{
		"before it took effect":       {"nothing was published; it is published later", "Publish-CsTopology", deleted, 1},
		"simple URLs still emptied":   {"the documented hazard of publishing, half way", "Set-CsSimpleUrlConfiguration", deleted, 1},
		"published, not in force":     {"the flags look right and no replica will ever have them", "Enable-CsTopology", deleted, 1},
		"PowerShell crashed":          {"the shell lives on without its process", "Enable-CsTopology", func(m *wsman.Server) { m.KillProcesses(1) }, 1},
		"the connection was cut":      {"the command goes on and nobody hears its end", "Publish-CsTopology", func(m *wsman.Server) { m.DropConnections() }, 1},
		"the connection was cut late": {"the same while the topology is put in force", "Enable-CsTopology", func(m *wsman.Server) { m.DropConnections() }, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			spec := sampleFarm(t, "one-site-two-pools")
			spec.Durations.Publish, spec.Durations.Enable = farm.Duration(time.Second), farm.Duration(time.Second)
			if c.during == "Set-CsSimpleUrlConfiguration" {
				spec.Durations.Cmdlet = farm.Duration(100 * time.Millisecond)
			}
			s := tell(t, spec)
			urls := s.org.State().SimpleURLs
			r := s.route("edge1.contoso.com")
			s.settled(r)
			s.moveTo(r, "edge2.contoso.com")
			s.eventually(c.during+" beginning", func() bool { return s.org.Counters().Cmdlets[c.during] > 0 }, s.journal)
			c.strike(s.org.WinRM("fe1.contoso.com"))

			s.until(r, "the publish counting as unknown", func(r *v1alpha1.FederationRoute) bool {
				for _, h := range r.Status.History {
					if h.Kind == "PublishFlags" && h.Result == v1alpha1.StepFailed && containsAll(h.Message, []string{"it may or may not have taken effect", "not sent again"}) {
						return true
					}
				}
				return false
			})
			s.settled(r)
			s.hosts("edge2.contoso.com")
			s.sameURLs(urls)
			if n := s.acts("Publish-CsTopology", "Topology"); n != c.publishes+publishesOfAMove-1 {
				t.Errorf("%s: the flags were published %d times, want %d\n%s", c.reason, n, c.publishes, s.journal())
			}
		})
	}
}

// TestBadNetwork: during a failover each kind of trouble occurs at random on every machine,
// and then ends.
func TestBadNetwork(t *testing.T) {
	t.Parallel()
	for seed, effect := range []wsman.Effect{wsman.Drop, wsman.Unauthorized, wsman.LoseShell, wsman.Lose, wsman.Halve} {
		t.Run(string(effect), func(t *testing.T) {
			s := tell(t, sampleFarm(t, "one-site-two-pools"))
			urls := s.org.State().SimpleURLs
			r := s.route("edge1.contoso.com")
			s.settled(r)
			for _, e := range s.org.Endpoints() {
				s.org.WinRM(e.Machine).Misbehave(wsman.Rule{Effect: effect, Skip: seed, Chance: 0.3, Times: 2})
			}
			s.moveTo(r, "edge2.contoso.com")
			s.settled(r)
			s.hosts("edge2.contoso.com")
			s.sameURLs(urls)
			if n := s.acts("Publish-CsTopology", "Topology"); n != publishesOfAMove {
				t.Errorf("the flags were published %d times\n%s", n, s.journal())
			}
		})
	}
}

// TestReplyIsCutInHalf: the reply is that of an observation, which changes nothing and is
// asked for again.
func TestReplyIsCutInHalf(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	before := s.writes()
	for _, fe := range []string{"fe1.contoso.com", "fe2.contoso.com"} {
		s.org.WinRM(fe).Misbehave(wsman.Rule{Action: "Receive", Effect: wsman.Halve})
	}
	s.says(r, v1alpha1.ReasonUnreachable, "the connection was closed", "nothing was read or changed")
	for _, fe := range []string{"fe1.contoso.com", "fe2.contoso.com"} {
		s.org.WinRM(fe).Behave()
	}
	s.settled(r)
	s.unchanged(before)
	s.hosts("edge1.contoso.com")
}
