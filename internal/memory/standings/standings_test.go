package standings

import (
	"testing"
	"time"
)

func TestStandingsOfRoutesThatAreGone(t *testing.T) {
	now := time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	m := New(func() time.Time { return now })
	first := m.Of(Key{Server: "a:53"})
	if m.Of(Key{Server: "a:53"}) != first || m.Of(Key{Server: "a:53", Secret: "key"}) == first {
		t.Error("those who read a zone in one way share what they know, and only those")
	}
	now = now.Add(idle)
	m.Of(Key{Server: "b:53"})
	if m.Of(Key{Server: "a:53"}) != first {
		t.Error("what is asked for within the idle time is kept")
	}
	now = now.Add(idle + time.Second)
	if m.Of(Key{Server: "b:53"}); len(m.held) != 1 {
		t.Errorf("%d zones are held that nobody asks for", len(m.held)-1)
	}
}
