package apistore_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/test/support/apistore"
)

// What takes minutes or thousands of writes is shown in a bubble only: beside a real API
// server it would take as long.
func TestWhatTheStoreRemembers(t *testing.T) {
	cases := map[string]struct {
		reason string
		story  func(bed)
	}{
		"events go after an hour": {"a month of them would not fit", func(b bed) {
			event := func(name string) *eventsv1.Event {
				return &eventsv1.Event{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}, EventTime: metav1.NowMicro()}
			}
			b.must(b.near.Create(b.Context(), event("first")))
			time.Sleep(30 * time.Minute)
			b.must(b.near.Create(b.Context(), event("second")))
			time.Sleep(31 * time.Minute)
			b.must(b.near.Create(b.Context(), event("third")))
			var list eventsv1.EventList
			b.must(b.near.List(b.Context(), &list))
			var names []string
			for _, e := range list.Items {
				names = append(names, e.Name)
			}
			b.same("events", []string{"second", "third"}, names)
		}},
		"a watch from too long ago": {"its reader lists again", func(b bed) {
			s := named("a")
			b.must(b.near.Create(b.Context(), s))
			old := s.ResourceVersion
			for i := range 1300 {
				s.Data = map[string][]byte{"n": fmt.Append(nil, i)}
				b.must(b.near.Update(b.Context(), s))
			}
			got := b.first(old, false)
			if err := apierrors.FromObject(got.Object); got.Type != watch.Error || !apierrors.IsResourceExpired(err) {
				b.Errorf("the watch begins with %s %v, want an ERROR that says Expired", got.Type, err)
			}
		}},
		"a bookmark each minute": {"a quiet watch knows from where to go on", func(b bed) {
			s := named("a")
			b.must(b.near.Create(b.Context(), s))
			from := s.ResourceVersion
			b.must(b.near.Create(b.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "elsewhere"}}))
			began := time.Now()
			got := b.first(from, true)
			if took := time.Since(began); got.Type != watch.Bookmark || took != time.Minute {
				b.Fatalf("after %v comes %s, want a bookmark after a minute", took, got.Type)
			}
			if at := got.Object.(client.Object).GetResourceVersion(); at <= from {
				b.Errorf("the bookmark is at %s, want it after %s", at, from)
			}
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { inBubble(t, apistore.Faults{}, true, c.story) })
	}
}

// first is the first event of a watch of Secrets.
func (b bed) first(from string, bookmarks bool) watch.Event {
	b.Helper()
	w, err := b.near.Watch(b.Context(), &corev1.SecretList{}, &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: from, AllowWatchBookmarks: bookmarks}})
	b.must(err)
	defer w.Stop()
	return <-w.ResultChan()
}

func TestStoresShareNothing(t *testing.T) {
	k, err := kinds()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var said []string
		for _, name := range []string{"one", "two"} {
			s, err := k.NewStore(apistore.Faults{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			c, err := client.NewWithWatch(s.Config("person"), client.Options{Scheme: scheme})
			if err != nil {
				t.Fatal(err)
			}
			b := bed{T: t, server: s, within: true, near: c}
			b.must(c.Create(t.Context(), named(name)))
			said = append(said, strings.Join(b.names(c, false), " "))
		}
		if diff := cmp.Diff([]string{"one", "two"}, said); diff != "" {
			t.Errorf("Secrets of two stores (-want +got):\n%s", diff)
		}
	})
}
