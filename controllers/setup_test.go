package controllers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/manager"
)

// wiring is a manager that notes what is asked of it, and fails at one of the requests.
type wiring struct {
	manager.Manager
	cache.Cache
	client client.Client
	asked  []string
	fails  int // the number of the request, from 0
}

var errWiring = errors.New("it cannot be wired")

func (w *wiring) note(what string) error {
	w.asked = append(w.asked, what)
	if len(w.asked) == w.fails+1 {
		return errWiring
	}
	return nil
}

func (w *wiring) GetCache() cache.Cache                { return w }
func (w *wiring) GetFieldIndexer() client.FieldIndexer { return w }
func (w *wiring) GetClient() client.Client             { return w.client }
func (w *wiring) GetScheme() *runtime.Scheme           { return w.client.Scheme() }
func (*wiring) GetLogger() logr.Logger                 { return logr.Discard() }
func (*wiring) GetControllerOptions() config.Controller {
	return config.Controller{SkipNameValidation: new(true)}
}

func (w *wiring) GetInformer(_ context.Context, o client.Object, _ ...cache.InformerGetOption) (cache.Informer, error) {
	return nil, w.note(fmt.Sprintf("informer of %T", o))
}

func (w *wiring) IndexField(_ context.Context, o client.Object, field string, of client.IndexerFunc) error {
	if got := of(federationRoute("r", "edge1.contoso.com")); !slices.Equal(got, []string{orgKey.Name}) {
		return fmt.Errorf("a route is indexed by %v", got)
	}
	return w.note(fmt.Sprintf("index of %T by %s", o, field))
}

func (w *wiring) Add(r manager.Runnable) error { return w.note(fmt.Sprintf("%T", r)) }

// Start is of both interfaces.
func (*wiring) Start(context.Context) error { return nil }

// TestSetup: the manager gets both controllers and what works at its beginning and its end. What
// it refuses ends the setup.
func TestSetup(t *testing.T) {
	objects := fakeObjects(t)
	options := Options{Client: objects, Secrets: objects, Clock: &manualClock{now: begin}}
	want := []string{"informer of *v1alpha1.LyncTopology", "informer of *v1alpha1.FederationRoute", "*controller.Controller[sigs.k8s.io/controller-runtime/pkg/reconcile.Request]",
		"index of *v1alpha1.FederationRoute by " + topologyIndex, "*controller.Controller[sigs.k8s.io/controller-runtime/pkg/reconcile.Request]", "controllers.arriving", "controllers.leaving"}
	for fails := range len(want) + 1 {
		w := &wiring{client: objects, fails: fails}
		err := Setup(w, options)
		if refused := fails < len(want); refused != errors.Is(err, errWiring) || !refused && err != nil {
			t.Errorf("request %d is refused, and Setup ends with %v", fails, err)
		}
		if !slices.Equal(w.asked, want[:min(fails+1, len(want))]) {
			t.Errorf("request %d is refused; asked for %q", fails, w.asked)
		}
	}
}
