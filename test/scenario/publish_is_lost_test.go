package scenario_test

import (
	"slices"
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// heldPublish is an organization in which the first publish takes long enough to begin
// another.
func heldPublish(t *testing.T) (sim.Config, *held) {
	t.Helper()
	publish := hold(t)
	spec := sampleFarm(t, "one-site-two-pools")
	spec.Durations.Publish = heldFor
	return sim.Config{Spec: spec, Clock: publish}, publish
}

// losesPublish moves federation, and cuts the management server off in the middle of the
// publish. The machine goes on publishing.
func (s *story) losesPublish(r *v1alpha1.FederationRoute) {
	s.Helper()
	s.settled(r)
	s.moveTo(r, "edge2.contoso.com")
	s.eventually("publishing", func() bool { return s.org.Counters().Cmdlets["Publish-CsTopology"] > 0 }, s.journal)
	s.org.WinRM("fe1.contoso.com").Misbehave(wsman.Rule{Effect: wsman.Drop})
	s.org.WinRM("fe1.contoso.com").DropConnections()
}

// endsWithNoPublishTwice checks that the lost server was named and waited for, and, once it
// answers again, that federation moves with the publish that was begun.
func (s *story) endsWithNoPublishTwice(r *v1alpha1.FederationRoute, publish *held) {
	s.Helper()
	s.until(r, "waiting for the lost server", func(r *v1alpha1.FederationRoute) bool {
		return slices.ContainsFunc(r.Status.History, func(h v1alpha1.HistoryEntry) bool {
			return h.Result == v1alpha1.StepFailed && containsAll(h.Message, []string{"fe1.contoso.com", "may still be at work", "no other server is asked meanwhile"})
		})
	})
	if at, first := s.publishing(), string(s.topology().Spec.Management.Endpoints[0].URL); at == nil || at.Endpoint != first {
		s.Errorf("the LyncTopology names the publish %+v and not one through %s", at, first)
	}
	s.org.WinRM("fe1.contoso.com").Behave()
	publish.end()
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if n := s.acts("Publish-CsTopology", "Topology"); n != publishesOfAMove {
		s.Errorf("the flags were published %d times\n%s", n, s.journal())
	}
	s.eventually("nothing being waited for", func() bool { return s.publishing() == nil }, s.journal)
}

// publishing is the publish whose end the LyncTopology still waits for.
func (s *story) publishing() *v1alpha1.PublishingStatus {
	s.Helper()
	lt := s.organization()
	s.must(objects.Get(s.ctx, key(lt), lt))
	return lt.Status.Publishing
}

// TestPublishIsLostAndTheSpecIsEdited: a management server is cut off in the middle of a
// publish, and a person changes how often the organization is looked at. That edit must not
// let another server publish at the same time.
func TestPublishIsLostAndTheSpecIsEdited(t *testing.T) {
	organization, publish := heldPublish(t)
	s := tellWith(t, organization)
	r := s.route("edge1.contoso.com")
	s.losesPublish(r)
	s.until(r, "the publish counting as unknown", func(r *v1alpha1.FederationRoute) bool {
		return slices.ContainsFunc(r.Status.History, func(h v1alpha1.HistoryEntry) bool {
			return h.Kind == "PublishFlags" && h.Result == v1alpha1.StepFailed
		})
	})
	change(s, s.organization(), func(lt *v1alpha1.LyncTopology) { lt.Spec.PollInterval.Duration = 3 * time.Second })
	s.endsWithNoPublishTwice(r, publish)
}

// TestPublishIsLostAndTheManagerCrashes: the manager dies in the middle of a publish, and
// the next one cannot reach the server that publishes.
func TestPublishIsLostAndTheManagerCrashes(t *testing.T) {
	organization, publish := heldPublish(t)
	s := lonelyWith(t, organization)
	m := s.hire()
	r := s.route("edge1.contoso.com")
	s.losesPublish(r)
	s.must(m.Process.Kill())
	m.leave(s)
	s.dropLease()
	s.hire()
	s.endsWithNoPublishTwice(r, publish)
}
