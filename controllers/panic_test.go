package controllers

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/memory/ports"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// mine stands for any defect of the program: it panics.
func mine() { panic(swordfish) }

type panicking struct{ dns.Reader }

func (panicking) Read(context.Context, []dns.Key) (map[dns.Key]dns.Lookup, error) {
	mine()
	return nil, nil
}

func TestARouteThatPanicsSaysSo(t *testing.T) {
	route, other := federationRoute("r", "edge1.contoso.com"), federationRoute("other", "edge1.contoso.com")
	s := newStage(t, lyncTopology(), route, other)
	s.routes.ports = ports.New(proberFunc(func(probe.Target) probe.Reading { mine(); return probe.Reading{} }), s.clock.Now)
	s.seen()
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonInternal, "fedroute failed at it by a defect of its own (string); it was given up, and other objects are served as before; report it")
	tellsNoSecret(t, nil, route.Status)
	s.routes.ports = ports.New(proberFunc(allOpen), s.clock.Now)
	s.reconcile(other)
	s.expect(other, v1alpha1.ReasonInSync, "edge1.contoso.com")
}

func TestAnOrganizationThatPanicsSaysSo(t *testing.T) {
	cases := map[string]struct {
		reason string
		set    func(*stage)
	}{
		"while it is signed in to": {"the reconciler contains it", func(s *stage) {
			s.topologies.options.Secrets = interceptor.NewClient(s.objects, interceptor.Funcs{Get: func(context.Context, client.WithWatch, client.ObjectKey, client.Object, ...client.GetOption) error {
				mine()
				return nil
			}})
		}},
		"while its servers are asked": {"the turn on the host is given back", func(s *stage) {
			s.hosts.answer = func(context.Context, string) (json.RawMessage, error) { mine(); return nil, nil }
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			lt := lyncTopology()
			s := newStage(t, lt, managerSecret())
			c.set(s)
			s.look(lt)
			if got := conditionOf(lt.Status.Conditions, v1alpha1.ConditionReady); got.Reason != v1alpha1.ReasonInternal {
				t.Errorf("%s: Ready is %+v", c.reason, got)
			}
			tellsNoSecret(t, nil, lt.Status)
			s.topologies.options.Secrets = s.objects
			s.atHome()
			s.clock.forward(time.Minute)
			s.look(lt)
			if got := conditionOf(lt.Status.Conditions, v1alpha1.ConditionReady); got.Reason == v1alpha1.ReasonInternal {
				t.Errorf("%s: afterwards Ready is %+v", c.reason, got)
			}
		})
	}
}

func TestAZoneThatPanicsIsUnknown(t *testing.T) {
	key := dns.Key{Name: "sip.contoso.com", Type: dns.A}
	got := lookUp(t.Context(), map[string]dns.Reader{"contoso.com": panicking{}}, []plan.Record{{Zone: "contoso.com", RRSet: dns.RRSet{Key: key}}})
	if part, ok := got[key]; !ok || !fault.Is(part.Err, fault.Internal) {
		t.Errorf("got %v: a record that was not read is unknown, not absent", got)
	}
}

func TestACorrectedSecretNeedsNoPause(t *testing.T) {
	s, route, finish := failover(t)
	finish(nil, fault.New(fault.Failed, "publish", "topology", "SQL said no"))
	s.clock.forward(time.Second)
	s.reconcile(route)
	s.seen()
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonStepFailed, "SQL said no")
	if again := s.reconcile(route); again > 5*time.Second || len(s.hosts.called()) != 1 {
		t.Fatalf("again after %s with calls %v, want the pause", again, s.hosts.called())
	}
	corrected := managerSecret()
	must(t, s.objects.Get(t.Context(), client.ObjectKeyFromObject(corrected), corrected))
	corrected.Data["password"] = []byte("another " + swordfish)
	must(t, s.objects.Update(t.Context(), corrected))
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonProgressing, "0 of 4 steps are done")
	if have := s.latest(route); have.Failures != 0 {
		t.Errorf("%d failures in a row, want none with this Secret", have.Failures)
	}
}
