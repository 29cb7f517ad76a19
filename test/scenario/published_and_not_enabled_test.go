package scenario_test

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/farm/topology"
)

// TestPublishedAndNothingElseDiffers: the only change that is due is published, and the
// shell is lost before the topology is enabled. From then on the flags read as wanted, but
// the document in force does not have them.
func TestPublishedAndNothingElseDiffers(t *testing.T) {
	spec := sampleFarm(t, "one-site-two-pools")
	spec.Durations.Enable = farm.Duration(time.Second)
	s := tell(t, spec)
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.StandbyEdgePools = []v1alpha1.Hostname{"edge2.contoso.com"} })
	s.settled(r)
	enables := s.org.Counters().Cmdlets["Enable-CsTopology"]
	publishes := s.acts("Publish-CsTopology", "Topology")
	s.must(s.org.Farm().TopologyBuilder(nora, ticked("edge2.contoso.com", true)))

	s.eventually("Enable-CsTopology beginning", func() bool { return s.org.Counters().Cmdlets["Enable-CsTopology"] > enables }, s.journal)
	s.org.WinRM("fe1.contoso.com").DeleteShells()
	s.until(r, "the publish counting as unknown", func(r *v1alpha1.FederationRoute) bool {
		return recorded(r, "PublishFlags", "topology", v1alpha1.StepFailed)
	})
	if state := s.org.State(); state.Enabled == state.Signature {
		t.Fatal("the story is not told: the topology was enabled")
	}
	s.until(r, "the topology being enabled", func(r *v1alpha1.FederationRoute) bool {
		return recorded(r, "PublishFlags", "topology", v1alpha1.StepDone)
	})
	s.settled(r)
	s.hosts("edge1.contoso.com")
	if n := s.acts("Publish-CsTopology", "Topology") - publishes; n != 1 {
		t.Errorf("the flags were published %d times\n%s", n, s.journal())
	}
}

// TestSomebodyPublishesAndDoesNotEnable: a person who works by hand has ten minutes to
// enable the topology. After that fedroute reports it. The story lets the time pass by
// changing the condition's time.
func TestSomebodyPublishesAndDoesNotEnable(t *testing.T) {
	spec := sampleFarm(t, "one-site-two-pools")
	spec.Behaviour.PublishKeepsSimpleURLs = true // simple URLs are another story
	s := tell(t, spec)
	r := s.route("edge1.contoso.com")
	s.settled(r)
	hers, err := ticked("edge2.contoso.com", true)(s.org.Farm().Truth().Published)
	s.must(err)
	_, err = s.org.Farm().Publish(s.ctx, nora, hers.Bytes())
	s.must(err)
	before := s.writes()

	s.enabledSays(metav1.ConditionUnknown, v1alpha1.ReasonProgressing, "is not in force on edge1.contoso.com")
	lt := s.organization()
	s.must(objects.Get(s.ctx, key(lt), lt))
	base := lt.DeepCopy()
	condition := meta.FindStatusCondition(lt.Status.Conditions, v1alpha1.ConditionTopologyEnabled)
	condition.LastTransitionTime = metav1.NewTime(condition.LastTransitionTime.Add(-10 * time.Minute))
	s.must(objects.Status().Patch(s.ctx, lt, client.MergeFrom(base)))
	s.enabledSays(metav1.ConditionFalse, v1alpha1.ReasonNotEnabled, "somebody else published it and did not enable it", "run Enable-CsTopology")
	s.lookedAt(2)
	s.unchanged(before)
	s.settled(r)

	s.must(s.org.Farm().Enable(s.ctx, nora))
	s.enabledSays(metav1.ConditionTrue, v1alpha1.ReasonObserved)
}

// ticked edits a document so that the check box of a pool's SIP federation is set or
// cleared.
func ticked(pool string, on bool) func(*topology.Document) (*topology.Document, error) {
	return func(d *topology.Document) (*topology.Document, error) { return d.WithSIPFederation(pool, on) }
}

// enabledSays waits until the LyncTopology's condition about enabling has the reason and
// the texts.
func (s *story) enabledSays(state metav1.ConditionStatus, reason string, texts ...string) {
	s.Helper()
	lt := s.organization()
	var last metav1.Condition
	s.eventually(reason, func() bool {
		s.must(objects.Get(s.ctx, key(lt), lt))
		if c := meta.FindStatusCondition(lt.Status.Conditions, v1alpha1.ConditionTopologyEnabled); c != nil {
			last = *c
		}
		return last.Status == state && last.Reason == reason && containsAll(last.Message, texts)
	}, func() string { return last.String() })
}
