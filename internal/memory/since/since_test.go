package since_test

import (
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/since"
)

func TestTheFirstTimeCounts(t *testing.T) {
	begin := time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	a, b := memory.Object{Namespace: "lync", Name: "a"}, memory.Object{Namespace: "lync", Name: "b"}
	first, second := memory.Edition{UID: "a", Generation: 1}, memory.Edition{UID: "a", Generation: 2}
	anew := memory.Edition{UID: "another object of the name", Generation: 1}
	m := since.New[memory.Edition]()
	for _, c := range []struct {
		reason string
		act    func()
		says   memory.Edition
		want   time.Time
	}{
		{"nothing was said", func() {}, first, time.Time{}},
		{"now, when it is only being said", func() { m.Note(a, first, begin) }, first, begin},
		{"the same later is old news", func() { m.Note(a, first, begin.Add(time.Hour)) }, first, begin},
		{"another spec was not said", func() {}, second, time.Time{}},
		{"what another object says does not count", func() { m.Note(b, second, begin) }, second, time.Time{}},
		{"a new spec counts from now on", func() { m.Note(a, second, begin.Add(2*time.Hour)) }, second, begin.Add(2 * time.Hour)},
		{"and the old one is forgotten", func() {}, first, time.Time{}},
		{"an object created anew says it itself", func() { m.Note(a, anew, begin.Add(3*time.Hour)) }, anew, begin.Add(3 * time.Hour)},
		{"what is gone is forgotten", func() { m.Forget(a) }, anew, time.Time{}},
	} {
		c.act()
		if got := m.When(a, c.says); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", c.reason, got, c.want)
		}
	}
}
