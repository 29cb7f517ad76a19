package scenario_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// TestObserveReadsNoKey: the key that signs updates does not exist. A route that only
// observes does not need it.
func TestObserveReadsNoKey(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	s.delete(&corev1.Secret{ObjectMeta: s.named("dns-key")})
	r := s.route("edge2.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.Mode = v1alpha1.ModeObserve })
	s.says(r, v1alpha1.ReasonDrifted, "mode Observe changes nothing")
	s.lookedAt(2)
	s.says(r, v1alpha1.ReasonDrifted, "mode Observe changes nothing")
}
