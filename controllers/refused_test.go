package controllers

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/memory/sights"
)

var errRefused = errors.New("the API server is away")

// refuse makes the API server fail the request of that number, from 0, and counts the
// requests. The fake one answers the others.
func refuse(s *stage, number int) (asked *int) {
	asked = new(int)
	refused := func() error {
		*asked++
		if *asked == number+1 {
			return errRefused
		}
		return nil
	}
	c := interceptor.NewClient(s.objects, interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, options ...client.GetOption) error {
			return errors.Join(refused(), c.Get(ctx, key, o, options...))
		},
		List: func(ctx context.Context, c client.WithWatch, list client.ObjectList, options ...client.ListOption) error {
			return errors.Join(refused(), c.List(ctx, list, options...))
		},
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, patch client.Patch, options ...client.PatchOption) error {
			if err := refused(); err != nil {
				return err
			}
			return c.Patch(ctx, o, patch, options...)
		},
		Apply: func(ctx context.Context, c client.WithWatch, o runtime.ApplyConfiguration, options ...client.ApplyOption) error {
			if err := refused(); err != nil {
				return err
			}
			return c.Apply(ctx, o, options...)
		},
		SubResourcePatch: func(ctx context.Context, c client.Client, name string, o client.Object, patch client.Patch, options ...client.SubResourcePatchOption) error {
			if err := refused(); err != nil {
				return err
			}
			return c.SubResource(name).Patch(ctx, o, patch, options...)
		},
	})
	s.routes.options.Client, s.topologies.options.Client = c, c
	return asked
}

// TestARefusedRequestIsMadeAgain: whichever request to the API server fails, it is told, nothing
// is changed on the strength of an answer that did not come, and all goes well with the next try.
func TestARefusedRequestIsMadeAgain(t *testing.T) {
	alone := func(now *sights.Sight) { now.Snapshot.Topology.Value.EdgePools[1].SIPEnabled = false } // the other pool does not federate
	cases := map[string]struct {
		pool  string
		see   func(*sights.Sight)
		begin func(s *stage, route *v1alpha1.FederationRoute)
		done  func(route *v1alpha1.FederationRoute) bool
	}{
		"a route begins": {"edge2.contoso.com", func(*sights.Sight) {}, func(*stage, *v1alpha1.FederationRoute) {}, func(route *v1alpha1.FederationRoute) bool {
			ready := conditionOf(route.Status.Conditions, v1alpha1.ConditionReady)
			return ready.Reason == v1alpha1.ReasonPlanned && strings.Contains(ready.Message, "they begin now")
		}},
		"a route is in sync": {"edge1.contoso.com", alone, func(*stage, *v1alpha1.FederationRoute) {}, func(route *v1alpha1.FederationRoute) bool {
			return conditionOf(route.Status.Conditions, v1alpha1.ConditionReady).Reason == v1alpha1.ReasonInSync
		}},
		"a route is deleted": {"edge1.contoso.com", alone, func(s *stage, route *v1alpha1.FederationRoute) {
			s.reconcile(route)
			_, err := attach(s.Context(), s.objects, route, "FederationRoute")
			must(s.T, err)
			must(s.T, s.objects.Delete(s.Context(), route))
		}, func(route *v1alpha1.FederationRoute) bool { return route.UID == "" }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for number := 0; ; number++ {
				route := federationRoute("r", c.pool)
				s := newStage(t, lyncTopology(), managerSecret(), route)
				s.seen(c.see)
				c.begin(s, route)
				asked := refuse(s, number)
				tries := 0
				for ; tries < 10 && !c.done(route); tries++ {
					before := *asked
					_, err := s.routes.Reconcile(t.Context(), ctrl.Request{NamespacedName: client.ObjectKeyFromObject(federationRoute("r", ""))})
					*route = v1alpha1.FederationRoute{}
					_ = s.objects.Get(t.Context(), client.ObjectKeyFromObject(federationRoute("r", "")), route) // it may be gone
					if before <= number && number < *asked {
						ready := conditionOf(route.Status.Conditions, v1alpha1.ConditionReady)
						if !errors.Is(err, errRefused) && !strings.Contains(ready.Message, errRefused.Error()) {
							t.Errorf("request %d fails, and it is told as %v, %+v", number, err, ready)
						}
					} else if err != nil {
						t.Errorf("request %d fails, and another reconcile ends with %v", number, err)
					}
					s.clock.forward(time.Second)
					s.seen(c.see)
				}
				if called := s.hosts.called(); !c.done(route) || len(called) > 0 {
					t.Errorf("request %d fails, and after %d tries Ready is %+v with calls %v", number, tries, conditionOf(route.Status.Conditions, v1alpha1.ConditionReady), called)
				}
				if *asked <= number {
					if number < 3 {
						t.Errorf("only %d requests were made", *asked)
					}
					return // every one was refused once
				}
			}
		})
	}
}

// TestARefusedRequestOfATopology: the same of a LyncTopology. What happened is told once, and only
// when it is written down.
func TestARefusedRequestOfATopology(t *testing.T) {
	undisturbed := 0 // events
	for number := -1; ; number++ {
		lt := lyncTopology()
		s := newStage(t, lt, managerSecret())
		s.atHome()
		asked := refuse(s, number)
		for tries := 0; tries < 3; tries++ {
			before, told := *asked, len(s.events.Events)
			_, err := s.topologies.Reconcile(t.Context(), ctrl.Request{NamespacedName: orgKey})
			must(t, s.objects.Get(t.Context(), orgKey, lt))
			ready := conditionOf(lt.Status.Conditions, v1alpha1.ConditionReady)
			if refused := before <= number && number < *asked; refused && !errors.Is(err, errRefused) && !strings.Contains(ready.Message, errRefused.Error()) || !refused && err != nil {
				t.Errorf("request %d fails, and try %d is told as %v, %+v", number, tries, err, ready)
			}
			if len(s.events.Events) > told && ready.Status == "" {
				t.Errorf("request %d fails, and an event tells what is not written down", number)
			}
		}
		if ready := conditionOf(lt.Status.Conditions, v1alpha1.ConditionReady); ready.Status != "True" || lt.Status.Product.Name == "" {
			t.Errorf("request %d fails, and in the end Ready is %+v", number, ready)
		}
		if number < 0 {
			undisturbed = len(s.events.Events)
		}
		if n := len(s.events.Events); n != undisturbed || n == 0 {
			t.Errorf("request %d fails, and in the end there are %d events, want %d", number, n, undisturbed)
		}
		if *asked <= number {
			if number < 3 {
				t.Errorf("only %d requests were made", *asked)
			}
			return // every one was refused once
		}
	}
}
