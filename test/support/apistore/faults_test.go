package apistore_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/test/support/apistore"
)

// bed is a server in a bubble with two clients.
type bed struct {
	*testing.T
	server    server
	near, far client.WithWatch
	within    bool // the faults are the server's own, and not on the way to it
}

type server interface {
	Config(name string) *rest.Config
	CutWatches(client string)
	Close()
}

func inBubble(t *testing.T, faults apistore.Faults, within bool, story func(bed)) {
	t.Helper()
	k, err := kinds()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		own := apistore.Faults{}
		if within {
			own = faults
		}
		store, err := k.NewStore(own)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		var s server = store
		if !within {
			s = faults.Before(store.Config("the way"))
			defer s.Close()
		}
		b := bed{T: t, server: s, within: within}
		for name, c := range map[string]*client.WithWatch{"near": &b.near, "far": &b.far} {
			if *c, err = client.NewWithWatch(s.Config(name), client.Options{Scheme: scheme}); err != nil {
				t.Fatal(err)
			}
		}
		story(b)
	})
}

func named(name string) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}}
}

func (b bed) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// names lists Secrets; any takes whatever the client's server has by now.
func (b bed) names(c client.Client, any bool) []string {
	b.Helper()
	var list corev1.SecretList
	options := &client.ListOptions{}
	if any {
		options.Raw = &metav1.ListOptions{ResourceVersion: "0"}
	}
	b.must(c.List(b.Context(), &list, options))
	var names []string
	for _, s := range list.Items {
		names = append(names, s.Name)
	}
	return names
}

func (b bed) watch(c client.WithWatch) watch.Interface {
	b.Helper()
	w, err := c.Watch(b.Context(), &corev1.SecretList{})
	b.must(err)
	return w
}

// comes gives the next events that come within d.
func comes(w watch.Interface, d time.Duration) []string {
	var got []string
	for end := time.After(d); ; {
		select {
		case e, open := <-w.ResultChan():
			if !open {
				return append(got, "end")
			}
			got = append(got, string(e.Type)+" "+e.Object.(client.Object).GetName())
		case <-end:
			return got
		}
	}
}

func TestFaults(t *testing.T) {
	refused := errors.New("connection refused")
	of := func(name, verb string) func(apistore.Request) bool {
		return func(r apistore.Request) bool { return r.Client == name && r.Verb == verb }
	}
	cases := map[string]struct {
		reason string
		faults func() apistore.Faults
		story  func(bed)
	}{
		"a client lags": {"its watch and its list of any state are late, its own reads are not", always(apistore.Faults{
			Lag: func(client string) time.Duration { return map[string]time.Duration{"far": 5 * time.Second}[client] },
		}), func(b bed) {
			near, far := b.watch(b.near), b.watch(b.far)
			defer near.Stop()
			defer far.Stop()
			b.must(b.near.Create(b.Context(), named("a")))
			b.same("the near watch", []string{"ADDED a"}, comes(near, time.Second))
			b.same("the far watch at first", nil, comes(far, time.Second))
			b.same("the near list of any state", []string{"a"}, b.names(b.near, true))
			if b.within {
				b.same("the far list of any state", nil, b.names(b.far, true))
			}
			b.same("the far list of the present state", []string{"a"}, b.names(b.far, false))
			b.same("the far watch after five seconds", []string{"ADDED a"}, comes(far, 4*time.Second))
			b.same("the far list of any state after five seconds", []string{"a"}, b.names(b.far, true))
		}},
		"a write whose answer is lost": {"what is done stays done", always(apistore.Faults{
			Lose: func(r apistore.Request) error {
				if of("far", "create")(r) {
					return refused
				}
				return nil
			},
		}), func(b bed) {
			if err := b.far.Create(b.Context(), named("a")); !errors.Is(err, refused) {
				b.Errorf("got %v, want %v", err, refused)
			}
			b.same("what is there", []string{"a"}, b.names(b.near, false))
		}},
		"a connection that fails": {"nothing is done", always(apistore.Faults{
			Refuse: func(r apistore.Request) error {
				if of("far", "create")(r) {
					return refused
				}
				return nil
			},
		}), func(b bed) {
			if err := b.far.Create(b.Context(), named("a")); !errors.Is(err, refused) {
				b.Errorf("got %v, want %v", err, refused)
			}
			b.same("what is there", nil, b.names(b.near, false))
		}},
		"a conflict": {"it looks as if somebody had been faster", always(apistore.Faults{
			Refuse: func(r apistore.Request) error {
				if r.Verb == "update" {
					return apierrors.NewConflict(schema.GroupResource{Group: r.Group, Resource: r.Resource}, r.Name, errors.New("somebody was faster"))
				}
				return nil
			},
		}), func(b bed) {
			s := named("a")
			b.must(b.near.Create(b.Context(), s))
			s.Data = map[string][]byte{"k": {}}
			if err := b.near.Update(b.Context(), s); !apierrors.IsConflict(err) {
				b.Errorf("got %v, want a conflict", err)
			}
		}},
		"a busy server": {"client-go waits as long as it is told, then asks again", func() apistore.Faults {
			times := 0
			return apistore.Faults{Refuse: func(r apistore.Request) error {
				if r.Verb != "create" || times == 2 {
					return nil
				}
				times++
				return apierrors.NewTooManyRequests("busy", 7)
			}}
		}, func(b bed) {
			began := time.Now()
			b.must(b.near.Create(b.Context(), named("a")))
			if took := time.Since(began).Round(time.Second); took != 14*time.Second {
				b.Errorf("it took %v, want 14s", took)
			}
		}},
		"a slow server": {"a request waits, and ends with its context", always(apistore.Faults{
			Wait: func(r apistore.Request) time.Duration {
				if r.Verb == "create" {
					return time.Minute
				}
				return 0
			},
		}), func(b bed) {
			began := time.Now()
			b.must(b.near.Create(b.Context(), named("a")))
			if took := time.Since(began); took != time.Minute {
				b.Errorf("it took %v, want 1m", took)
			}
			brief, cancel := context.WithTimeout(b.Context(), time.Second)
			defer cancel()
			if err := b.near.Create(brief, named("b")); !errors.Is(err, context.DeadlineExceeded) {
				b.Errorf("got %v, want the end of the context", err)
			}
		}},
		"watches are cut": {"only those of one client", always(apistore.Faults{}), func(b bed) {
			near, far := b.watch(b.near), b.watch(b.far)
			defer near.Stop()
			synctest.Wait()
			b.server.CutWatches("far")
			b.must(b.near.Create(b.Context(), named("a")))
			b.same("the near watch", []string{"ADDED a"}, comes(near, time.Second))
			b.same("the far watch", []string{"end"}, comes(far, time.Second))
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Run("in the server", func(t *testing.T) { inBubble(t, c.faults(), true, c.story) })
			t.Run("on the way to it", func(t *testing.T) { inBubble(t, c.faults(), false, c.story) })
		})
	}
}

func always(f apistore.Faults) func() apistore.Faults { return func() apistore.Faults { return f } }

func (b bed) same(what string, want, got []string) {
	b.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		b.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
