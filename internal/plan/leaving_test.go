package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// TestWhatIsLeftIsRemembered: a pool that federation left and whose flags are cleared is
// forgotten once setup has taken its ports away, and not before.
func TestWhatIsLeftIsRemembered(t *testing.T) {
	const old = "edge2.contoso.com"
	for name, c := range map[string]struct {
		reason string
		set    func(*world)
		want   []string
	}{
		"ports stand":    {"setup is what is left to do there", func(*world) {}, []string{old}},
		"ports are gone": {"setup has run without the flags", func(w *world) { w.setups = map[lync.Host][]lync.Protocol{old: {}} }, nil},
		"not read":       {"the machine was silent for one look, and its ports may stand", func(w *world) { w.dead(old) }, []string{old}},
		"stopped":        {"a machine that a person stopped is left stopped", func(w *world) { w.edgeServer(old, stop) }, nil},
		"by procedure": {"the procedure sets no pool up that it left", func(w *world) {
			w.dead(old)
			w.intent.Strategy = plan.Procedure
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := settled()
			w.drains()
			w.pool(old).SIPEnabled, w.pool(old).XMPPEnabled, w.drain.Over = false, false, true
			w.setups = map[lync.Host][]lync.Protocol{old: {lync.SIP, lync.XMPP}}
			c.set(w)
			p, err := w.compute()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, p.Leaves); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
