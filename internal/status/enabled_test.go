package status_test

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/status"
)

// unenabled gives the facts of an organization with one Edge machine. The machine counts as up to
// date, but carries another topology than the published one.
func unenabled() status.TopologyFacts {
	f := status.TopologyFacts{Now: now, Generation: 1, Previous: v1alpha1.LyncTopologyStatus{PublishedDocument: "sha256-ours"}}
	f.Snapshot.Topology.Value = lync.Topology{Signature: "s2", Replicas: map[lync.Host]lync.Replica{"edge1.contoso.com": {UpToDate: true}},
		EdgePools: []lync.EdgePool{{FQDN: "edge1.contoso.com", Servers: []lync.EdgeServer{{FQDN: "Edge1.contoso.com"}}}}}
	f.Snapshot.EdgeServers = map[lync.Host]lync.Part[lync.EdgeServerState]{"edge1.contoso.com": {Value: lync.EdgeServerState{LocalSignature: "s1"}}}
	f.Snapshot.Document = lync.Part[string]{Value: "sha256-theirs"}
	return f
}

func TestTopologyThatIsNotEnabled(t *testing.T) {
	unread := lync.Part[string]{Err: fault.New(fault.Unreachable, "read the topology document", "fe1", "nobody answers")}
	enabled := func(f *status.TopologyFacts) { f.Snapshot.Topology.Value.Signature = "s1" }
	nothing := func(*status.TopologyFacts) {}
	cases := map[string]struct {
		reason string
		first  func(*status.TopologyFacts)
		then   func(*status.TopologyFacts)
		after  time.Duration
		state  metav1.ConditionStatus
		why    string
		says   string
	}{
		"in force":               {"most of the time", enabled, enabled, time.Hour, metav1.ConditionTrue, v1alpha1.ReasonObserved, "in force on every Edge server"},
		"just published":         {"who publishes by hand enables next", enabled, nothing, time.Hour, metav1.ConditionUnknown, v1alpha1.ReasonProgressing, "may still be enabled"},
		"nine minutes later":     {"and may take ten minutes", nothing, nothing, 10*time.Minute - time.Second, metav1.ConditionUnknown, v1alpha1.ReasonProgressing, "s2 is not in force on Edge1.contoso.com yet"},
		"ten minutes later":      {"then it was forgotten", nothing, nothing, 10 * time.Minute, metav1.ConditionFalse, v1alpha1.ReasonNotEnabled, "somebody else published it and did not enable it; fedroute leaves it alone; run Enable-CsTopology"},
		"enabled after all":      {"that is past", nothing, enabled, time.Hour, metav1.ConditionTrue, v1alpha1.ReasonObserved, "in force"},
		"ours":                   {"a route in Observe mode enables nothing", nothing, func(f *status.TopologyFacts) { f.Snapshot.Document.Value = "sha256-ours" }, time.Hour, metav1.ConditionFalse, v1alpha1.ReasonNotEnabled, "fedroute published it"},
		"nobody knows whose":     {"unknown is not somebody else's", nothing, func(f *status.TopologyFacts) { f.Snapshot.Document = unread }, time.Hour, metav1.ConditionUnknown, v1alpha1.ReasonUnreachable, "whose it is could not be read"},
		"nothing of ours yet":    {"an empty digest is no digest", func(f *status.TopologyFacts) { f.Previous.PublishedDocument = "" }, func(f *status.TopologyFacts) { f.Snapshot.Document.Value = "" }, time.Hour, metav1.ConditionFalse, v1alpha1.ReasonNotEnabled, "somebody else"},
		"machine out of service": {"it is left out of everything", nothing, func(f *status.TopologyFacts) { f.OutOfService = map[lync.Host]bool{"edge1.contoso.com": true} }, time.Hour, metav1.ConditionTrue, v1alpha1.ReasonObserved, "in force"},
		"replica behind": {"a replica on its way says nothing", enabled, func(f *status.TopologyFacts) {
			f.Snapshot.Topology.Value.Replicas["edge1.contoso.com"] = lync.Replica{}
		}, time.Hour, metav1.ConditionTrue, v1alpha1.ReasonObserved, "in force"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := unenabled()
			c.first(&f)
			before := status.Topology(f)
			f = unenabled()
			f.Previous, f.Now = before, now.Add(c.after)
			c.then(&f)
			got := condition(status.Topology(f).Conditions, v1alpha1.ConditionTopologyEnabled)
			if got.Status != c.state || got.Reason != c.why || !strings.Contains(got.Message, c.says) {
				t.Errorf("%s: %s %s %q, want %s %s saying %q", c.reason, got.Status, got.Reason, got.Message, c.state, c.why, c.says)
			}
		})
	}
}

// TestForgottenTopologyStaysTold: once status says that the topology is not enabled, it goes on
// saying so. Neither a failed read of the document nor the passing of time takes that back.
func TestForgottenTopologyStaysTold(t *testing.T) {
	f := unenabled()
	for i, change := range []func(){
		func() {},
		func() { f.Now = f.Now.Add(10 * time.Minute) },
		func() {
			f.Snapshot.Document = lync.Part[string]{Err: fault.New(fault.Unreachable, "read", "fe1", "nobody answers")}
		},
		func() { f.Snapshot.Document = lync.Part[string]{Value: "sha256-theirs"} },
	} {
		change()
		f.Previous = status.Topology(f)
		if got := condition(f.Previous.Conditions, v1alpha1.ConditionTopologyEnabled).Status; (got == metav1.ConditionFalse) != (i > 0) {
			t.Errorf("look %d says %s", i, got)
		}
	}
	if f.Previous.PublishedDocument != "sha256-ours" {
		t.Errorf("what was published last is forgotten: %q", f.Previous.PublishedDocument)
	}
}
