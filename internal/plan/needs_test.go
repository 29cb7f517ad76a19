package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

var allParts = []lync.TopologyPart{lync.PartVersion, lync.PartDocument, lync.PartAccessEdge, lync.PartSites, lync.PartServices, lync.PartPoolStates, lync.PartReplicas}

// TestNeedsSayWhy: each need names a part that there is, once for a kind, and says why.
func TestNeedsSayWhy(t *testing.T) {
	for _, k := range plan.Kinds() {
		var seen []lync.TopologyPart
		for _, n := range k.Rules().Needs {
			if !slices.Contains(allParts, n.Part) || slices.Contains(seen, n.Part) || strings.TrimSpace(n.Why) == "" {
				t.Errorf("%s needs %q, because %q", k, n.Part, n.Why)
			}
			seen = append(seen, n.Part)
		}
	}
}

// TestNothingIsPlannedOnAnUnknownPart: whatever stands in the fields of a part that could not be
// read, such as what the server's own replica says, the plan is the same as with nothing there.
func TestNothingIsPlannedOnAnUnknownPart(t *testing.T) {
	wishes := map[string]func(*world){
		"nothing": func(*world) {},
		"a move":  func(w *world) { w.intent.EdgePool, w.intent.FrontEnds[0].FailBack = "edge2.contoso.com", true },
		"failback": func(w *world) {
			w.failBack, w.topology.FrontEndPools[0].State = []string{"fe1.contoso.com"}, lync.PoolFailedOver
		},
		"a stop": func(w *world) { w.edgeServer("edge1.contoso.com", stop) },
	}
	empty := map[lync.TopologyPart]func(*lync.Topology){
		lync.PartAccessEdge: func(t *lync.Topology) { t.FederatedUsersAllowed = true },
		lync.PartSites:      func(t *lync.Topology) { t.Sites = nil },
		lync.PartServices: func(t *lync.Topology) {
			t.FrontEndPools = []lync.FrontEndPool{{FQDN: "fe1.contoso.com", State: lync.PoolFailedOver}}
		},
		lync.PartPoolStates: func(t *lync.Topology) { t.FrontEndPools[0].State = lync.PoolStateNone },
		lync.PartReplicas:   func(t *lync.Topology) { t.Replicas = nil },
	}
	for wish, change := range wishes {
		for part, clear := range empty {
			compute := func(more func(*lync.Topology)) string {
				w := settled()
				change(w)
				w.unread(part)
				more(&w.topology)
				p, err := w.compute()
				if err != nil {
					t.Fatalf("%s without %s: %v", wish, part, err)
				}
				if p.Free() && part == lync.PartSites && wish != "a stop" {
					t.Errorf("%s without %s begins", wish, part)
				}
				return text(p)
			}
			if diff := cmp.Diff(compute(clear), compute(func(*lync.Topology) {})); diff != "" {
				t.Errorf("%s without %s (-nothing there +something old there):\n%s", wish, part, diff)
			}
		}
	}
}
