package plan_test

import (
	"testing"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// TestLocalEdgePoolNeedsMinAvailable: the Edge pool of Dublin has two machines.
func TestLocalEdgePoolNeedsMinAvailable(t *testing.T) {
	cases := map[string]struct {
		reason string
		min    plan.MinAvailable
		change func(*world)
		led    string // to which Edge pool the Front End pool is led; "" for one that keeps its own
		held   bool
	}{
		"both run":                 {"nothing is to do", plan.MinAvailable{}, func(*world) {}, "", false},
		"one is stopped":           {"all machines are to run", plan.MinAvailable{}, func(w *world) { w.edgeServer("edge2b.contoso.com", stop) }, "edge1.contoso.com", false},
		"one is stopped, one does": {"the spec is content with one", plan.MinAvailable{Machines: 1}, func(w *world) { w.edgeServer("edge2b.contoso.com", stop) }, "", false},
		"half is enough":           {"a share counts the same", plan.MinAvailable{Percent: 50}, func(w *world) { w.dead("edge2b.contoso.com") }, "", false},
		"one is unread":            {"it may run", plan.MinAvailable{}, func(w *world) { w.dead("edge2b.contoso.com") }, "", true},
		"one unread, one stopped": {"whatever the unread one does, both do not run", plan.MinAvailable{}, func(w *world) {
			w.dead("edge2b.contoso.com")
			w.edgeServer("edge2.contoso.com", stop)
		}, "edge1.contoso.com", false},
		"unread and out of service": {"it does not count", plan.MinAvailable{}, func(w *world) {
			w.dead("edge2b.contoso.com")
			w.intent.Servers = map[lync.Host]plan.ServerOverride{"edge2b.contoso.com": {OutOfService: true}}
		}, "", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := settled()
			w.dublin("edge2.contoso.com")
			pool := w.pool("edge2.contoso.com")
			pool.Servers = append(pool.Servers, lync.EdgeServer{FQDN: "edge2b.contoso.com"})
			w.servers["edge2b.contoso.com"] = w.servers["edge2.contoso.com"]
			w.minAvailable = c.min
			c.change(w)
			p, err := w.compute()
			if err != nil {
				t.Fatal(err)
			}
			led := ""
			for _, s := range p.Steps {
				if a, ok := s.Act.(plan.AssociateFrontEnd); ok {
					led = a.EdgePool
				}
			}
			if led != c.led || len(p.Obstacles) > 0 != c.held {
				t.Errorf("%s: led to %q with obstacles %v", c.reason, led, p.Obstacles)
			}
		})
	}
}
