package status

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
)

// enableWithin is how long a topology may stay published and not enabled before the
// condition says so.
const enableWithin = 10 * time.Minute

// topologyEnabled sets the condition for a topology that was published and never enabled.
// The condition's own last transition says since when that is so.
func (c conditions) topologyEnabled(f TopologyFacts) {
	const kind = v1alpha1.ConditionTopologyEnabled
	machines := slices.DeleteFunc(f.Snapshot.NotEnabled(), func(m string) bool { return f.OutOfService[lync.HostOf(m)] })
	if len(machines) == 0 {
		c.set(kind, metav1.ConditionTrue, v1alpha1.ReasonObserved, "the published topology is in force on every Edge server whose replica is up to date")
		return
	}
	before, document := meta.FindStatusCondition(*c.list, kind), f.Snapshot.Document
	told := before != nil && before.Status == metav1.ConditionFalse
	late := told || before != nil && before.Status == metav1.ConditionUnknown && f.Now.Sub(before.LastTransitionTime.Time) >= enableWithin
	where := fmt.Sprintf("the published topology %s is not in force on %s", f.Snapshot.Topology.Value.Signature, strings.Join(machines, ", "))
	switch {
	case !document.Known():
		if !told { // a condition that is False stays so until the topology is known to be enabled
			c.set(kind, metav1.ConditionUnknown, findingOf(document.Err).reason, where+"; whose it is could not be read: "+findingOf(document.Err).message)
		}
	case !late:
		c.set(kind, metav1.ConditionUnknown, v1alpha1.ReasonProgressing, where+" yet; it may still be enabled or be on its way")
	case document.Value != "" && document.Value == f.Previous.PublishedDocument:
		c.set(kind, metav1.ConditionFalse, v1alpha1.ReasonNotEnabled, where+"; fedroute published it and was lost before it could enable it; "+
			"a FederationRoute with topologyFlags Manage enables it as soon as its mode lets it")
	default:
		c.set(kind, metav1.ConditionFalse, v1alpha1.ReasonNotEnabled, where+"; somebody else published it and did not enable it; "+
			"fedroute leaves it alone; run Enable-CsTopology, or publish it again in Topology Builder")
	}
}
