package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// TestLowers looks at the records of a planned move to edge2 whose TTL is lowered to 30 seconds
// first. The move waits until nobody remembers the TTL of before.
func TestLowers(t *testing.T) {
	now := time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	earlier := now.Add(-time.Minute)
	address := dns.Key{Name: "sip.contoso.com", Type: dns.A}
	// shows gives the old address with a TTL on the primary and on a secondary.
	shows := func(w *world, primary, secondary uint32) {
		part := w.records[address]
		part.Value.Set.TTL = primary
		second := part.Value.Set
		second.TTL = secondary
		part.Value.Servers = []dns.ServerView{{Set: part.Value.Set}, {Set: second}}
		w.records[address] = part
	}
	over := plan.Lowering{Over: true}
	cases := map[string]struct {
		reason   string
		before   plan.Move
		change   func(*world)
		move     plan.Move
		lowering plan.Lowering
	}{
		"the old TTL is shown": {"it is remembered", plan.Move{}, func(w *world) { shows(w, 3600, 3600) }, plan.Move{LoweredFrom: 3600}, plan.Lowering{}},
		"one server shows the old TTL": {"partners may ask that one", plan.Move{LoweredFrom: 3600}, func(w *world) { shows(w, 30, 3600) },
			plan.Move{LoweredFrom: 3600}, plan.Lowering{}},
		"all show the lower TTL": {"the old TTL counts from now on, in whole seconds", plan.Move{LoweredFrom: 3600}, func(w *world) { shows(w, 30, 30) },
			plan.Move{LoweredFrom: 3600, Lowered: now.Add(time.Second)}, plan.Lowering{Ends: now.Add(time.Hour + time.Second)}},
		"and for a while": {"the time does not begin again", plan.Move{LoweredFrom: 3600, Lowered: earlier}, func(w *world) { shows(w, 30, 30) },
			plan.Move{LoweredFrom: 3600, Lowered: earlier}, plan.Lowering{Ends: earlier.Add(time.Hour)}},
		"and for as long as the old TTL": {"nobody remembers it any more, and the old pool drains for the lower one", plan.Move{LoweredFrom: 60, LongestTTL: 60, Lowered: earlier}, func(w *world) { shows(w, 30, 30) },
			plan.Move{LoweredFrom: 30, LongestTTL: 30}, over},
		"somebody raises it again":      {"the wait begins anew", plan.Move{LoweredFrom: 60, Lowered: earlier}, func(w *world) { shows(w, 3600, 3600) }, plan.Move{LoweredFrom: 3600}, plan.Lowering{}},
		"it was low before":             {"nothing is lowered and nothing waits", plan.Move{}, func(w *world) { shows(w, 20, 20) }, plan.Move{LoweredFrom: 20}, over},
		"the old pool is dead":          {"nobody is served, so nothing waits", plan.Move{}, func(w *world) { shows(w, 3600, 3600); w.dead("edge1.contoso.com") }, plan.Move{}, over},
		"the move is taken back":        {"it goes back at once", plan.Move{}, func(w *world) { shows(w, 3600, 3600); w.back = true }, plan.Move{}, over},
		"by the procedure":              {"nothing is prepared there", plan.Move{}, func(w *world) { shows(w, 3600, 3600); w.intent.Strategy = plan.Procedure }, plan.Move{}, over},
		"the spec does not ask for it":  {"no TTL is lowered", plan.Move{}, func(w *world) { shows(w, 3600, 3600); w.intent.DNS.MoveTTL = 0 }, plan.Move{}, over},
		"the record is somebody else's": {"it is not written, so nothing waits for it", plan.Move{}, func(w *world) { w.adopted = nil; w.record("sip.contoso.com", dns.A, "198.51.100.7") }, plan.Move{}, over},
		"the zone is silent": {"it holds its records, and nothing else", plan.Move{}, func(w *world) {
			w.records[address] = lync.Part[dns.Lookup]{Err: fault.New(fault.Unreachable, "look up", "sip", "no answer")}
		}, plan.Move{}, over},
		"the zone refused the lower TTL": {"it is lowered once the zone takes it", plan.Move{LoweredFrom: 3600}, func(w *world) { shows(w, 3600, 3600); w.unwritten = map[string]bool{"zone contoso.com": true} },
			plan.Move{LoweredFrom: 3600}, plan.Lowering{}},
		"the zone refused the lower TTL, and records are left behind": {"the move would wait for ever", plan.Move{LoweredFrom: 3600}, func(w *world) {
			shows(w, 3600, 3600)
			w.unwritten, w.intent.DNS.LeavesBehind = map[string]bool{"zone contoso.com": true}, true
		}, plan.Move{LoweredFrom: 3600}, over},
		"the zone falls silent meanwhile": {"the time goes on, and the records hold the move", plan.Move{LoweredFrom: 3600, Lowered: earlier}, func(w *world) {
			w.records[address] = lync.Part[dns.Lookup]{Err: fault.New(fault.Unreachable, "look up", "sip", "no answer")}
		}, plan.Move{LoweredFrom: 3600, Lowered: earlier}, over},
		"the name is published for the first time": {"nobody remembers a record", plan.Move{}, func(w *world) { w.record("sip.contoso.com", dns.A) }, plan.Move{}, over},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := settled()
			w.intent.EdgePool, w.intent.DNS.MoveTTL = "edge2.contoso.com", 30
			c.change(w)
			d, err := plan.Resolve(w.intent, w.topology)
			if err != nil {
				t.Fatal(err)
			}
			d.Back = w.back
			move, lowering := c.before.Lowers(d, w.observed(d), now)
			if diff := cmp.Diff(c.move, move) + cmp.Diff(c.lowering, lowering); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
