package scenario_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// TestOlderRouteIsMistyped: somebody breaks the older of two routes. The younger one does
// not take over anything that the older still names.
func TestOlderRouteIsMistyped(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		reason  string
		spoil   func(s *story, older *v1alpha1.FederationRoute)
		says    string
		missing bool // the older one has the reason TopologyMissing
	}{
		"Front End pool": {"a pool that does not exist", func(s *story, older *v1alpha1.FederationRoute) {
			change(s, older, func(r *v1alpha1.FederationRoute) {
				r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "fe11.contoso.com"}}
			})
		}, "no such Front End pool", false},
		"LyncTopology": {"an object that does not exist", func(s *story, older *v1alpha1.FederationRoute) {
			change(s, older, func(r *v1alpha1.FederationRoute) { r.Spec.TopologyRef.Name += "x" })
		}, "does not exist", true},
		"domain": {"a domain whose zone is not listed", func(s *story, older *v1alpha1.FederationRoute) {
			change(s, older, func(r *v1alpha1.FederationRoute) {
				r.Spec.SIP.Domains = append(r.Spec.SIP.Domains, v1alpha1.Domain{Name: "contoso.org", Host: "fed.contoso.org"})
			})
		}, "spec.dns.servers lists no zone", false},
		"last machine": {"the last machine of the pool is taken out of service", func(s *story, _ *v1alpha1.FederationRoute) {
			change(s, s.organization(), func(lt *v1alpha1.LyncTopology) {
				for i := range lt.Spec.EdgeServers.Overrides {
					if o := &lt.Spec.EdgeServers.Overrides[i]; o.FQDN == "edge1.contoso.com" {
						o.OutOfService = true
					}
				}
			})
		}, "no machine in service", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := tell(t, sampleFarm(t, "one-site-two-pools"))
			older := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Name = "a-first" })
			s.settled(older)
			younger := s.route("edge2.contoso.com", func(r *v1alpha1.FederationRoute) { r.Name = "b-second" })
			s.says(younger, v1alpha1.ReasonConflict, "is held by the older FederationRoute "+s.namespace+"/a-first")
			before := s.writes()

			c.spoil(s, older)
			reason := v1alpha1.ReasonInvalid
			if c.missing {
				reason = v1alpha1.ReasonTopologyMissing
			}
			s.says(older, reason, c.says)
			s.lookedAt(4) // the younger one, too, is reconciled at each new observation
			s.until(younger, "being looked at again", func(*v1alpha1.FederationRoute) bool { return true })
			if ready := meta.FindStatusCondition(younger.Status.Conditions, v1alpha1.ConditionReady); ready.Reason != v1alpha1.ReasonConflict {
				t.Errorf("%s: the younger route says %s: %s", c.reason, ready.Reason, ready.Message)
			}
			s.unchanged(before)
			s.hosts("edge1.contoso.com")
		})
	}
}
