package writes

import (
	"testing"

	"github.com/fedroute/fedroute/internal/memory"
)

func at(uid, resource string) Version {
	return Version{Object: memory.Object{Namespace: "lync", Name: "org"}, UID: uid, Resource: resource}
}

func TestACacheThatLags(t *testing.T) {
	cases := map[string]struct {
		reason  string
		notes   [][2]string // before, after
		shows   Version
		status  string // "" when the cache lags behind nothing
		version string
	}{
		"nothing written":  {"the cache is all there is", nil, at("lt", "1"), "", ""},
		"one write behind": {"the cache shows what was written over", [][2]string{{"1", "2"}}, at("lt", "1"), "written 2", "2"},
		"two behind":       {"writes follow each other faster than the watch", [][2]string{{"1", "2"}, {"2", "3"}}, at("lt", "1"), "written 3", "3"},
		"in between":       {"the watch has told the first of two", [][2]string{{"1", "2"}, {"2", "3"}}, at("lt", "2"), "written 3", "3"},
		"caught up":        {"the cache shows the write", [][2]string{{"1", "2"}}, at("lt", "2"), "", ""},
		"someone else":     {"a version that nobody here wrote is newer", [][2]string{{"1", "2"}}, at("lt", "7"), "", ""},
		"not in a row":     {"a write over someone else's version starts anew", [][2]string{{"1", "2"}, {"5", "6"}}, at("lt", "1"), "", ""},
		"created anew":     {"another object of the same name was never written", [][2]string{{"1", "2"}}, at("new", "1"), "", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := New[string]()
			for _, n := range c.notes {
				m.Note(at("lt", n[0]), at("lt", n[1]), "written "+n[1])
			}
			status, version, lags := m.Newer(c.shows)
			if status != c.status || version != c.version || lags != (c.status != "") {
				t.Errorf("%s: %q at version %q, lags %v; want %q at %q", c.reason, status, version, lags, c.status, c.version)
			}
			m.Shown(c.shows)
			if kept := len(m.last) > 0; kept != lags {
				t.Errorf("%s: afterwards a write is remembered: %v, want %v", c.reason, kept, lags)
			}
		})
	}
}

func TestWritesAreForgotten(t *testing.T) {
	m := New[string]()
	m.Note(at("lt", "1"), at("lt", "2"), "written 2")
	m.Forget(at("lt", "1").Object)
	if len(m.last) != 0 {
		t.Error("the object is gone and its write is remembered")
	}
}
