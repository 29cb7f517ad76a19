//go:build e2e

package e2e_test

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// TestShippedFlagsKeepTheManagerFromLoopback runs a replica with the flags of the Deployment
// and no other. Its objects describe an organization on loopback, which answers; the manager
// does not connect to it.
func TestShippedFlagsKeepTheManagerFromLoopback(t *testing.T) {
	d := deployed(t, everywhere)
	p := startWith(t, d)
	eventually(t, "the replica leads", p.leads)
	s := tell(t, "loopback")
	var lt v1alpha1.LyncTopology
	var said string
	eventually(t, "the organization is not reached", func() bool {
		must(t, objects.Get(t.Context(), client.ObjectKey{Namespace: s.namespace, Name: "contoso"}, &lt))
		ready := meta.FindStatusCondition(lt.Status.Conditions, v1alpha1.ConditionReady)
		if ready != nil {
			said = ready.Reason + ": " + ready.Message
		}
		return strings.HasPrefix(said, v1alpha1.ReasonUnreachable) && strings.Contains(said, "the manager may not connect to addresses in 127.0.0.0/8")
	})
	p.stops(t, "kept from loopback")
}
