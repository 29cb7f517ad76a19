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

// TestDrains looks at the records of a move to edge1 in several states. Until its records are shown
// by every authoritative server, partners may still be given the old ones, and from then on they may
// remember them for the longest TTL that was seen.
func TestDrains(t *testing.T) {
	now := time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	earlier := now.Add(-time.Minute)
	address := dns.Key{Name: "sip.contoso.com", Type: dns.A}
	// shows is the answer of the primary and of a secondary.
	shows := func(w *world, primary, secondary dns.ServerView) {
		part := w.records[address]
		part.Value.Set, part.Value.Servers = primary.Set, []dns.ServerView{primary, secondary}
		w.records[address] = part
	}
	old := dns.ServerView{Set: dns.RRSet{Key: address, TTL: 3600, Data: []string{"192.0.2.2"}}}
	cases := map[string]struct {
		reason string
		before plan.Move
		change func(w *world, wanted dns.ServerView)
		move   plan.Move
		drain  plan.Drain
	}{
		"the old address is shown":      {"its TTL is remembered", plan.Move{LongestTTL: 300}, func(w *world, _ dns.ServerView) { shows(w, old, old) }, plan.Move{LongestTTL: 3600}, plan.Drain{}},
		"a shorter TTL than one before": {"some partner may remember the longer one", plan.Move{LongestTTL: 7200}, func(w *world, _ dns.ServerView) { shows(w, old, old) }, plan.Move{LongestTTL: 7200}, plan.Drain{}},
		"one server shows the old address": {"partners may ask that one", plan.Move{LongestTTL: 3600}, func(w *world, wanted dns.ServerView) { shows(w, wanted, old) },
			plan.Move{LongestTTL: 3600}, plan.Drain{}},
		"one server cannot be asked": {"nothing waits for it, as nothing does elsewhere", plan.Move{LongestTTL: 60}, func(w *world, wanted dns.ServerView) {
			shows(w, wanted, dns.ServerView{Err: fault.New(fault.Unreachable, "ask", "ns2", "no answer")})
		}, plan.Move{LongestTTL: 60, Shown: now}, plan.Drain{Ends: now.Add(time.Minute)}},
		"a zone is silent": {"unknown is not shown", plan.Move{LongestTTL: 60, Shown: earlier}, func(w *world, _ dns.ServerView) {
			part := w.records[address] // with what was found the last time
			part.Err = fault.New(fault.Unreachable, "look up", "sip.contoso.com", "no answer")
			w.records[address] = part
		}, plan.Move{LongestTTL: 60}, plan.Drain{}},
		"all show the new address": {"the time counts from the first look that saw it", plan.Move{LongestTTL: 300, Shown: earlier}, func(*world, dns.ServerView) {},
			plan.Move{LongestTTL: 300, Shown: earlier}, plan.Drain{Ends: earlier.Add(5 * time.Minute)}},
		"and for as long as the TTL": {"nobody remembers the old one any more", plan.Move{LongestTTL: 60, Shown: earlier}, func(*world, dns.ServerView) {},
			plan.Move{LongestTTL: 60, Shown: earlier}, plan.Drain{Ends: now, Over: true}},
		"an address of nobody": {"who was led elsewhere does not come back to the old pool", plan.Move{LongestTTL: 60, Shown: earlier}, func(w *world, _ dns.ServerView) {
			elsewhere := dns.ServerView{Set: dns.RRSet{Key: address, TTL: 3600, Data: []string{"198.51.100.7"}}}
			shows(w, elsewhere, elsewhere)
		}, plan.Move{LongestTTL: 60, Shown: earlier}, plan.Drain{Ends: now, Over: true}},
		"an address of nobody, before the new one": {"who is led elsewhere is not served by the old pool, and the new address is awaited all the same", plan.Move{}, func(w *world, _ dns.ServerView) {
			elsewhere := dns.ServerView{Set: dns.RRSet{Key: address, TTL: 3600, Data: []string{"198.51.100.7"}}}
			shows(w, elsewhere, elsewhere)
		}, plan.Move{}, plan.Drain{}},
		"the old address again": {"partners are led back to the old pool", plan.Move{LongestTTL: 60, Shown: earlier}, func(w *world, _ dns.ServerView) { shows(w, old, old) },
			plan.Move{LongestTTL: 3600}, plan.Drain{}},
		"one server shows the old address again": {"partners who ask that one are led back to the old pool", plan.Move{LongestTTL: 3600, Shown: earlier}, func(w *world, wanted dns.ServerView) { shows(w, wanted, old) },
			plan.Move{LongestTTL: 3600}, plan.Drain{}},
		"whether an old record is still there is unknown": {"unknown is not gone", plan.Move{LongestTTL: 60, Shown: earlier}, func(w *world, _ dns.ServerView) {
			w.records[dns.Key{Name: address.Name, Type: dns.AAAA}] = lync.Part[dns.Lookup]{Err: fault.New(fault.Unreachable, "look up", "sip.contoso.com", "no answer")}
		}, plan.Move{LongestTTL: 60}, plan.Drain{}},
		"an old record was not looked up yet": {"nor is what nobody has asked for", plan.Move{LongestTTL: 60, Shown: earlier}, func(w *world, _ dns.ServerView) {
			delete(w.records, dns.Key{Name: address.Name, Type: dns.AAAA})
		}, plan.Move{LongestTTL: 60}, plan.Drain{}},
		"no record of the move differed": {"partners never went by another one", plan.Move{}, func(*world, dns.ServerView) {}, plan.Move{Shown: now}, plan.Drain{Ends: now, Over: true}},
		"no record is managed":           {"who leads partners by hand says when they have left", plan.Move{}, func(w *world, _ dns.ServerView) { w.intent.DNS = nil }, plan.Move{Shown: now}, plan.Drain{Ends: now, Over: true}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := settled()
			for key, part := range w.records {
				part.Value.Servers = []dns.ServerView{{Set: part.Value.Set}}
				w.records[key] = part
			}
			c.change(w, dns.ServerView{Set: w.records[address].Value.Set})
			d, err := plan.Resolve(w.intent, w.topology)
			if err != nil {
				t.Fatal(err)
			}
			move, drain := c.before.Drains(d, w.observed(d), now)
			if diff := cmp.Diff(c.move, move) + cmp.Diff(c.drain, drain); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
