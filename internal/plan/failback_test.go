package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

func TestMoveOwes(t *testing.T) {
	const edge1, edge2, fe1, fe2 = "edge1.contoso.com", "edge2.contoso.com", "fe1.contoso.com", "fe2.contoso.com"
	failedOver := func(w *world, pools ...string) {
		for _, name := range pools {
			for i := range w.topology.FrontEndPools {
				if w.topology.FrontEndPools[i].FQDN == name {
					w.topology.FrontEndPools[i].State = lync.PoolFailedOver
				}
			}
		}
	}
	cases := map[string]struct {
		reason string
		last   plan.Move
		change func(*world)
		want   plan.Move
		fresh  bool
	}{
		"route made on a farm that is right": {"nothing moves, so nothing is undone", plan.Move{}, func(w *world) { failedOver(w, fe1, fe2) }, plan.Move{EdgePool: edge1}, false},
		"route made to move":                 {"a first move is one", plan.Move{}, func(w *world) { w.intent.EdgePool = edge2; failedOver(w, fe1) }, plan.Move{EdgePool: edge2, From: edge1, FailBack: []string{fe1}, Leaves: []string{edge1}}, true},
		"the line changes":                   {"what is failed over then comes back with it", plan.Move{EdgePool: edge1}, func(w *world) { w.intent.EdgePool = edge2; failedOver(w, fe1) }, plan.Move{EdgePool: edge2, From: edge1, FailBack: []string{fe1}, Leaves: []string{edge1}}, true},
		"a pool without failBack": {"the spec says which", plan.Move{EdgePool: edge1}, func(w *world) {
			w.intent.EdgePool = edge2
			failedOver(w, fe1, fe2)
			w.intent.FrontEnds[1].FailBack = false
		}, plan.Move{EdgePool: edge2, From: edge1, FailBack: []string{fe1}, Leaves: []string{edge1}}, true},
		"the line changes, all moved by hand": {"who moved by hand brings pools back by hand", plan.Move{EdgePool: edge2}, func(w *world) { failedOver(w, fe1) }, plan.Move{EdgePool: edge1, Leaves: []string{edge2}}, false},
		"taken back before the routes moved":  {"the pool that was made ready is left, too", plan.Move{EdgePool: edge2, From: edge1, Leaves: []string{edge1}}, func(*world) {}, plan.Move{EdgePool: edge1, Leaves: []string{edge2}}, false},
		"interrupted after the routes moved":  {"what is owed is remembered", plan.Move{EdgePool: edge1, FailBack: []string{fe1, fe2}}, func(w *world) { failedOver(w, fe1, fe2) }, plan.Move{EdgePool: edge1, FailBack: []string{fe1, fe2}}, false},
		"one of two is back":                  {"who is back is owed no longer", plan.Move{EdgePool: edge1, FailBack: []string{fe1, fe2}}, func(w *world) { failedOver(w, fe2) }, plan.Move{EdgePool: edge1, FailBack: []string{fe2}}, false},
		"failed over after the move":          {"a person's act is left", plan.Move{EdgePool: edge1}, func(w *world) { failedOver(w, fe1) }, plan.Move{EdgePool: edge1}, false},
		"failed over while another is owed":   {"each pool by itself", plan.Move{EdgePool: edge1, FailBack: []string{fe2}}, func(w *world) { failedOver(w, fe1, fe2) }, plan.Move{EdgePool: edge1, FailBack: []string{fe2}}, false},
		"a site drifts after the move":        {"undoing drift is no move of the Edge pool", plan.Move{EdgePool: edge1}, func(w *world) { w.topology.Sites[0].SIPRoute = edge2; failedOver(w, fe1) }, plan.Move{EdgePool: edge1, Leaves: []string{edge2}}, false},
		"failed over once the move has begun": {"nor is a failover in the middle of one", plan.Move{EdgePool: edge2}, func(w *world) { w.intent.EdgePool = edge2; failedOver(w, fe1) }, plan.Move{EdgePool: edge2, Leaves: []string{edge1}}, false},
		"failing over":                        {"what somebody does right now is theirs", plan.Move{EdgePool: edge1}, func(w *world) { w.intent.EdgePool = edge2; w.topology.FrontEndPools[0].State = lync.PoolFailingOver }, plan.Move{EdgePool: edge2, From: edge1, Leaves: []string{edge1}}, true},
		"interrupted, told apart by its past": {"it is still known what the move left", plan.Move{EdgePool: edge1, From: edge2}, func(*world) {}, plan.Move{EdgePool: edge1, From: edge2}, false},
		"the protocols are on two pools":      {"such a move has no one pool to go back to", plan.Move{EdgePool: "edge9.contoso.com"}, func(w *world) { w.topology.Sites[0].XMPPRoute = edge2 }, plan.Move{EdgePool: edge1, Leaves: []string{edge2}}, true},
		"owed, and failBack taken back":       {"the spec has the last word", plan.Move{EdgePool: edge1, FailBack: []string{fe1}}, func(w *world) { failedOver(w, fe1); w.intent.FrontEnds[0].FailBack = false }, plan.Move{EdgePool: edge1}, false},
		"a newer move before the old pool was done with": {"the pools of both are still to be ended", plan.Move{EdgePool: edge2, Leaves: []string{"edge0.contoso.com", edge1}, LongestTTL: 300}, func(w *world) {
			w.topology.EdgePools = append(w.topology.EdgePools, lync.EdgePool{FQDN: "edge0.contoso.com"})
			w.topology.Sites[0].SIPRoute, w.topology.Sites[0].XMPPRoute = edge2, edge2
		}, plan.Move{EdgePool: edge1, From: edge2, Leaves: []string{"edge0.contoso.com", edge2}}, true},
		"the same move goes on": {"what is known of its records is kept", plan.Move{EdgePool: edge1, Leaves: []string{edge2, "gone.contoso.com"}, LongestTTL: 300, Shown: time.Unix(1, 0)}, func(*world) {},
			plan.Move{EdgePool: edge1, Leaves: []string{edge2}, LongestTTL: 300, Shown: time.Unix(1, 0)}, false},
		"written in another case": {"host names know no upper case", plan.Move{EdgePool: "EDGE1.contoso.com", FailBack: []string{"FE1.contoso.com"}}, func(w *world) { failedOver(w, fe1) }, plan.Move{EdgePool: edge1, FailBack: []string{fe1}}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := settled()
			w.topology.FrontEndPools = append(w.topology.FrontEndPools, lync.FrontEndPool{FQDN: fe2, State: lync.PoolActive})
			w.intent.FrontEnds = []plan.FrontEnd{{FQDN: fe1, FailBack: true}, {FQDN: fe2, FailBack: true}}
			c.change(w)
			d, err := plan.Resolve(w.intent, w.topology)
			if err != nil {
				t.Fatal(err)
			}
			got, fresh := c.last.Next(d, w.topology)
			if diff := cmp.Diff(c.want, got); diff != "" || fresh != c.fresh {
				t.Errorf("%s: fresh is %v, want %v (-want +got):\n%s", c.reason, fresh, c.fresh, diff)
			}
		})
	}
}

func TestParseRequest(t *testing.T) {
	created := time.Date(2026, 3, 14, 20, 0, 0, 500, time.UTC)
	now := created.Add(2 * time.Hour)
	listed := []plan.FrontEnd{{FQDN: "fe1.contoso.com"}}
	cases := map[string]struct {
		reason, text string
		kind         fault.Kind
		says         string
	}{
		"good":                     {"a time and a listed pool", "2026-03-14T21:00:00Z fe1.contoso.com", "", ""},
		"in another zone and case": {"times and names have several spellings", "2026-03-14T23:00:00+02:00 FE1.contoso.com", "", ""},
		"at the route's second":    {"a creation time has no fractions", "2026-03-14T20:00:00Z fe1.contoso.com", "", ""},
		"no pool":                  {"every pool would be a guess", "2026-03-14T21:00:00Z", fault.Invalid, "no time and pool"},
		"no time":                  {"without a time two requests look the same", "fe1.contoso.com", fault.Invalid, "no time and pool"},
		"a day":                    {"the form is one", "2026-03-14 fe1.contoso.com", fault.Invalid, "no time and pool"},
		"two pools":                {"one request, one pool", "2026-03-14T21:00:00Z fe1.contoso.com fe2.contoso.com", fault.Invalid, "does not list"},
		"foreign pool":             {"the route may touch what it lists", "2026-03-14T21:00:00Z fe2.contoso.com", fault.Invalid, "does not list"},
		"two spaces":               {"the form is one", "2026-03-14T21:00:00Z  fe1.contoso.com", fault.Invalid, "does not list"},
		"older than the route":     {"an object restored from a file brings old requests back", "2026-03-14T19:59:59Z fe1.contoso.com", fault.Invalid, "before this route was created"},
		"ahead":                    {"nobody means now by a later time", "2026-03-14T22:00:01Z fe1.contoso.com", fault.Busy, "has not come"},
		"long":                     {"a text without end is quoted nowhere", "2026-03-14T21:00:00Z " + strings.Repeat("a", 300), fault.Invalid, "321 characters"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			pool, err := plan.ParseRequest(c.text, listed, created, "", now)
			if fault.KindOf(err) != c.kind || (err != nil && !strings.Contains(err.Error(), c.says)) {
				t.Fatalf("%s: %q, %v, want %q saying %q", c.reason, pool, err, c.kind, c.says)
			}
			if err == nil && pool != "fe1.contoso.com" {
				t.Errorf("%s: pool %q", c.reason, pool)
			}
		})
	}
}

// TestRequestsAreHandledInTheirOrder: a request that is older than the last one handled is
// refused. Such a request comes back when an old manifest is applied again, and the pool may have
// been failed over on purpose since.
func TestRequestsAreHandledInTheirOrder(t *testing.T) {
	created := time.Date(2026, 3, 14, 20, 0, 0, 0, time.UTC)
	listed := []plan.FrontEnd{{FQDN: "fe1.contoso.com"}, {FQDN: "fe2.contoso.com"}}
	const text = "2026-03-14T20:30:00Z fe1.contoso.com"
	cases := map[string]struct {
		reason, handled string
		kind            fault.Kind
	}{
		"none before":        {"the first request", "", ""},
		"after the last":     {"the last one was earlier", "2026-03-14T20:29:59Z fe1.contoso.com", ""},
		"in the same second": {"two pools are asked for at once", "2026-03-14T20:30:00Z fe2.contoso.com", ""},
		"before the last":    {"it came back", "2026-03-14T20:30:01Z fe1.contoso.com", fault.Invalid},
		"in another zone":    {"instants are compared, not texts", "2026-03-14T19:45:00-01:00 fe1.contoso.com", fault.Invalid},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := plan.ParseRequest(text, listed, created, c.handled, created.Add(time.Hour)); fault.KindOf(err) != c.kind {
				t.Errorf("%s: got %v, want %q", c.reason, err, c.kind)
			}
		})
	}
}

// TestMoveIsAhead: a move waits for its records only while federation is wholly where it was
// when the move began. Whatever differs later is drift, and is put right at once.
func TestMoveIsAhead(t *testing.T) {
	cases := map[string]struct {
		reason    string
		move      plan.Move
		sip, xmpp string
		want      bool
	}{
		"begins":              {"no site is led to the new pool yet", plan.Move{From: "edge1.contoso.com"}, "edge1.contoso.com", "edge1.contoso.com", true},
		"one protocol is led": {"a move that has begun goes on", plan.Move{From: "edge1.contoso.com"}, "edge2.contoso.com", "edge1.contoso.com", false},
		"done":                {"nothing is to be moved", plan.Move{From: "edge1.contoso.com", Answered: true}, "edge2.contoso.com", "edge2.contoso.com", false},
		"led back by hand":    {"the new pool served partners, and the old records are not theirs any more", plan.Move{From: "edge1.contoso.com", Answered: true}, "edge1.contoso.com", "edge1.contoso.com", false},
		"led elsewhere":       {"the pool was never moved to this one", plan.Move{}, "edge1.contoso.com", "edge1.contoso.com", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := settled()
			w.intent.EdgePool = "edge2.contoso.com"
			w.topology.Sites[0].SIPRoute, w.topology.Sites[0].XMPPRoute = c.sip, c.xmpp
			d, err := plan.Resolve(w.intent, w.topology)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.move.Ahead(d, w.topology); got != c.want {
				t.Errorf("%s: got %v", c.reason, got)
			}
		})
	}
}
