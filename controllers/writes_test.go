package controllers

import (
	"testing"

	"k8s.io/apimachinery/pkg/types"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

func at(uid, version string) *v1alpha1.LyncTopology {
	lt := lyncTopology()
	lt.UID, lt.ResourceVersion = types.UID(uid), version
	lt.Status.Endpoint = "cached " + version
	return lt
}

func TestWritesCatchUpWithACacheThatLags(t *testing.T) {
	cases := map[string]struct {
		reason  string
		notes   [][2]string // before, after
		shows   *v1alpha1.LyncTopology
		status  string
		version string
	}{
		"nothing written":  {"the cache is all there is", nil, at("lt", "1"), "cached 1", "1"},
		"one write behind": {"the cache shows what was written over", [][2]string{{"1", "2"}}, at("lt", "1"), "written 2", "2"},
		"two behind":       {"writes follow each other faster than the watch", [][2]string{{"1", "2"}, {"2", "3"}}, at("lt", "1"), "written 3", "3"},
		"in between":       {"the watch has told the first of two", [][2]string{{"1", "2"}, {"2", "3"}}, at("lt", "2"), "written 3", "3"},
		"caught up":        {"the cache shows the write", [][2]string{{"1", "2"}}, at("lt", "2"), "cached 2", "2"},
		"someone else":     {"a version that nobody here wrote is newer", [][2]string{{"1", "2"}}, at("lt", "7"), "cached 7", "7"},
		"not in a row":     {"a write over someone else's version starts anew", [][2]string{{"1", "2"}, {"5", "6"}}, at("lt", "1"), "cached 1", "1"},
		"created anew":     {"another object of the same name was never written", [][2]string{{"1", "2"}}, at("new", "1"), "cached 1", "1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWrites[v1alpha1.LyncTopologyStatus]()
			for _, n := range c.notes {
				w.note(at("lt", n[0]), at("lt", n[1]), v1alpha1.LyncTopologyStatus{Endpoint: "written " + n[1]})
			}
			w.catchUp(c.shows, &c.shows.Status)
			if c.shows.Status.Endpoint != c.status || c.shows.ResourceVersion != c.version {
				t.Errorf("%s: %q at version %s, want %q at %s", c.reason, c.shows.Status.Endpoint, c.shows.ResourceVersion, c.status, c.version)
			}
		})
	}
}

func TestWritesAreForgotten(t *testing.T) {
	w := newWrites[v1alpha1.LyncTopologyStatus]()
	note := func() { w.note(at("lt", "1"), at("lt", "2"), v1alpha1.LyncTopologyStatus{}) }
	note()
	w.catchUp(at("lt", "2"), &v1alpha1.LyncTopologyStatus{})
	if len(w.last) != 0 {
		t.Error("the cache caught up and the write is remembered")
	}
	note()
	w.forget(orgKey)
	if len(w.last) != 0 {
		t.Error("the object is gone and its write is remembered")
	}
}
