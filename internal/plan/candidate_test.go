package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

func TestAcceptances(t *testing.T) {
	well := []plan.Acceptance{{Pool: "edge2.contoso.com"}}
	cases := map[string]struct {
		reason string
		change func(*world)
		want   []plan.Acceptance
	}{
		"none":     {"no pool is named to which federation may be led", func(*world) {}, nil},
		"prepared": {"all is well", func(w *world) { w.intent.Prepare = []string{"edge2.contoso.com"} }, well},
		"standby":  {"federation may be led there, too", func(w *world) { w.intent.Standby = []string{"edge2.contoso.com"} }, well},
		"both, and the active": {"each pool is judged once, and the one that hosts federation is not", func(w *world) {
			w.intent.Prepare, w.intent.Standby = []string{"edge1.contoso.com", "EDGE2.contoso.com"}, []string{"edge2.contoso.com", "edge1.contoso.com"}
		}, well},
		"lacks its Access Edge name": {"the names are those of the pool, and not of the one that hosts federation", func(w *world) {
			w.intent.Prepare = []string{"edge2.contoso.com"}
			w.lacks("edge2.contoso.com", "ae2.contoso.com")
		}, []plan.Acceptance{{Pool: "edge2.contoso.com", Faults: []string{"edge2.contoso.com lacks the name ae2.contoso.com"}}}},
		"has ended": {"the clock is that of the look", func(w *world) {
			w.intent.Standby = []string{"edge2.contoso.com"}
			w.shows("edge2.contoso.com", func(c *lync.Certificate) { c.NotAfter = w.at.Add(-time.Hour) })
		}, []plan.Acceptance{{Pool: "edge2.contoso.com", Faults: []string{"edge2.contoso.com has a certificate that ended on 2026-03-14T21:00:00Z"}}}},
		"unread": {"unknown is not well", func(w *world) {
			w.intent.Prepare = []string{"edge2.contoso.com"}
			w.certificates["edge2.contoso.com"] = lync.Part[lync.Certificate]{Err: fault.New(fault.Unreachable, "read", "edge2.contoso.com", "no answer")}
		}, []plan.Acceptance{{Pool: "edge2.contoso.com", Unknown: []string{"the certificate of edge2.contoso.com could not be read (no answer)"}}}},
		"out of service": {"nothing is done with the machine, so nobody is led to it", func(w *world) {
			w.intent.Prepare = []string{"edge2.contoso.com"}
			w.intent.Servers = map[lync.Host]plan.ServerOverride{"edge2.contoso.com": {OutOfService: true}}
			w.lacks("edge2.contoso.com", "ae2.contoso.com")
		}, well},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := settled()
			c.change(w)
			d, err := plan.Resolve(w.intent, w.topology)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, plan.Acceptances(d, w.observed(d))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestABadStandbyHoldsNothing: the plan of a move to another pool is the same, whatever the
// certificate of a standby pool.
func TestABadStandbyHoldsNothing(t *testing.T) {
	planned := func(bad bool) plan.Plan {
		w := settled()
		w.edge3()
		w.intent.EdgePool, w.intent.Prepare = "edge2.contoso.com", []string{"edge3.contoso.com"}
		if bad {
			w.certificates["edge3.contoso.com"] = lync.Part[lync.Certificate]{Value: lync.Certificate{}}
		}
		p, err := w.compute()
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if diff := cmp.Diff(text(planned(false)), text(planned(true))); diff != "" {
		t.Errorf("(-well +bad):\n%s", diff)
	}
}
