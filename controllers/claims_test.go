package controllers

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/plan"
)

func TestHolder(t *testing.T) {
	const redmond = "the SIP route of site Redmond"
	cases := map[string]struct {
		reason string
		change func(other *v1alpha1.FederationRoute)
		holds  bool
	}{
		"older":               {"age decides", func(*v1alpha1.FederationRoute) {}, true},
		"older and suspended": {"who is stopped holds what they claim", func(o *v1alpha1.FederationRoute) { o.Spec.Suspend = true }, true},
		"younger":             {"the younger gives way", func(o *v1alpha1.FederationRoute) { o.CreationTimestamp = metav1.NewTime(begin.Add(time.Hour)) }, false},
		"observing":           {"who changes nothing holds nothing", func(o *v1alpha1.FederationRoute) { o.Spec.Mode = v1alpha1.ModeObserve }, false},
		"other organization":  {"switches of another organization are others", func(o *v1alpha1.FederationRoute) { o.Spec.TopologyRef.Name = "elsewhere" }, false},
		"other namespace":     {"so are those of another namespace", func(o *v1alpha1.FederationRoute) { o.Namespace = "elsewhere" }, false},
		"names nothing real":  {"who cannot be resolved claims nothing", func(o *v1alpha1.FederationRoute) { o.Spec.EdgePool = "edge9.contoso.com" }, false},
		"other protocol": {"routes that share no switch do not meet", func(o *v1alpha1.FederationRoute) {
			o.Spec.SIP, o.Spec.XMPP = nil, o.Spec.SIP
		}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			mine, other := federationRoute("mine", "edge1.contoso.com"), federationRoute("other", "edge2.contoso.com")
			other.CreationTimestamp = metav1.NewTime(begin.Add(-time.Hour))
			c.change(other)
			st := newStage(t, mine, other)
			s := scope{FederationRouteReconciler: st.routes, route: mine, topology: *lyncTopology()}
			seen := twoPools(begin).snapshot.Topology.Value
			var err error
			if s.facts.Desired, err = plan.Resolve(intentOf(mine.Spec, s.topology.Spec), seen); err != nil {
				t.Fatal(err)
			}
			holder, claim, err := s.holder(t.Context(), seen)
			if err != nil {
				t.Fatal(err)
			}
			if want := "lync/other"; c.holds != (holder == want) || (c.holds && claim != redmond) || (!c.holds && holder != "") {
				t.Errorf("%s: %q holds %q, want that the other holds it: %v", c.reason, holder, claim, c.holds)
			}
		})
	}
}
