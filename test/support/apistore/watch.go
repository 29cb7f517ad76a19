package apistore

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/storage"
)

// bookmarkEvery is how often a watch that asks for bookmarks gets one, about as often as from
// an API server.
const bookmarkEvery = time.Minute

// follower is a watch. It shows the changes below a key in their order, each as late as the
// caller lags.
type follower struct {
	of     *objects
	caller *caller
	opts   storage.ListOptions
	key    string
	events chan watch.Event
	stop   context.CancelFunc
	due    time.Time
}

// follow begins a watch. As with an API server, a revision that is too old shows as an event
// of type ERROR.
func (o *objects) follow(ctx context.Context, key string, from uint64, opts storage.ListOptions) watch.Interface {
	ctx, stop := context.WithCancel(ctx)
	f := &follower{of: o, caller: callerOf(ctx), opts: opts, key: key, events: make(chan watch.Event), stop: stop}
	forget := f.caller.store.streams.add(f.caller.name, stop)
	go func() {
		defer forget()
		defer close(f.events)
		f.run(ctx, from)
	}()
	return f
}

func (f *follower) ResultChan() <-chan watch.Event { return f.events }

func (f *follower) Stop() { f.stop() }

func (f *follower) run(ctx context.Context, from uint64) {
	all := f.of.revisions
	initial := f.opts.SendInitialEvents != nil && *f.opts.SendInitialEvents
	if f.opts.SendInitialEvents == nil && from == 0 {
		initial = true
	}
	at := from
	if initial || from == 0 {
		found, now, kept := all.under(f.key, max(from, all.asOf(time.Now().Add(-f.caller.lag()))))
		if !kept {
			f.fail(ctx, from)
			return
		}
		at = now
		for _, o := range found {
			if initial && f.matches(o) && !f.send(ctx, watch.Event{Type: watch.Added, Object: copied(o.object)}) {
				return
			}
		}
		if f.opts.SendInitialEvents != nil && initial && f.opts.Predicate.AllowWatchBookmarks && !f.bookmark(ctx, at, true) {
			return
		}
	}
	var ticks <-chan time.Time
	if f.opts.Predicate.AllowWatchBookmarks {
		ticker := time.NewTicker(bookmarkEvery)
		defer ticker.Stop()
		ticks = ticker.C
	}
	for {
		changes, changed, kept := all.since(at)
		if !kept {
			f.fail(ctx, at)
			return
		}
		for _, c := range changes {
			if strings.HasPrefix(c.key, f.key) && !f.show(ctx, c) {
				return
			}
			at = c.revision
		}
		if len(changes) > 0 {
			continue
		}
		select {
		case <-changed:
		case <-ticks:
			if !f.bookmark(ctx, at, false) {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// show waits until the caller may know the change, and sends what it is to the caller.
func (f *follower) show(ctx context.Context, c change) bool {
	event, concerns := f.event(c)
	if !concerns {
		return true
	}
	if due := c.at.Add(f.caller.lag()); due.After(f.due) {
		f.due = due
	}
	if wait := time.Until(f.due); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return false
		}
	}
	return f.send(ctx, event)
}

// event is what a change is to a caller that sees some of the objects: an object that comes
// to match is added, and one that no longer matches is deleted.
func (f *follower) event(c change) (watch.Event, bool) {
	is, was := c.after != nil && f.matches(c.after), c.before != nil && f.matches(c.before)
	switch {
	case is && was:
		return watch.Event{Type: watch.Modified, Object: copied(c.after.object)}, true
	case is:
		return watch.Event{Type: watch.Added, Object: copied(c.after.object)}, true
	case was:
		gone := copied(c.before.object)
		gone.SetResourceVersion(strconv.FormatUint(c.revision, 10))
		return watch.Event{Type: watch.Deleted, Object: gone}, true
	default:
		return watch.Event{}, false
	}
}

func (f *follower) matches(o *record) bool {
	matches, err := f.opts.Predicate.Matches(o.object)
	return err == nil && matches
}

func (f *follower) bookmark(ctx context.Context, at uint64, endsInitial bool) bool {
	o := f.of.emptyOf().(object)
	o.SetResourceVersion(strconv.FormatUint(at, 10))
	if endsInitial {
		o.SetAnnotations(map[string]string{metav1.InitialEventsAnnotationKey: "true"})
	}
	return f.send(ctx, watch.Event{Type: watch.Bookmark, Object: o})
}

func (f *follower) fail(ctx context.Context, at uint64) {
	status := expired(at).(apierrors.APIStatus).Status()
	status.Code = http.StatusGone
	f.send(ctx, watch.Event{Type: watch.Error, Object: &status})
}

func (f *follower) send(ctx context.Context, e watch.Event) bool {
	select {
	case f.events <- e:
		return true
	case <-ctx.Done():
		return false
	}
}

// streams are the watches that are open.
type streams struct {
	mu   sync.Mutex
	next int
	open map[int]stream
}

type stream struct {
	caller string
	stop   context.CancelFunc
}

func (s *streams) add(caller string, stop context.CancelFunc) (forget func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[int]stream{}
	}
	s.next++
	number := s.next
	s.open[number] = stream{caller, stop}
	return func() {
		stop()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, number)
	}
}

func (s *streams) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// cut ends the watches of the callers that the function accepts.
func (s *streams) cut(of func(caller string) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, number := range slices.Sorted(maps.Keys(s.open)) { // in one order, as a seed wants it
		if stream := s.open[number]; of(stream.caller) {
			stream.stop()
		}
	}
}
