package fleets_test

import (
	"testing"

	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/fleets"
)

func TestOneFleetForEachEdition(t *testing.T) {
	m := fleets.New()
	t.Cleanup(m.Close)
	org, first := memory.Object{Namespace: "lync", Name: "org"}, memory.Edition{UID: "lt", Generation: 1}
	open := func(e memory.Edition) *shell.Fleet {
		return m.Open(org, e, func() *shell.Fleet { return shell.NewFleet(shell.Config{}) })
	}
	connected := func(e memory.Edition) bool {
		_, ok := m.Connected(org, e)
		return ok
	}
	fleet := open(first)
	if open(first) != fleet {
		t.Error("the same spec has a second fleet")
	}
	if !connected(first) {
		t.Error("what was seen cannot be worked on")
	}
	second := memory.Edition{UID: "lt", Generation: 2}
	if open(second) == fleet {
		t.Error("a changed spec keeps the fleet of the old one")
	}
	if connected(first) {
		t.Error("what was seen with the old spec can be done with the new one's connections")
	}
	if !connected(second) {
		t.Error("the new spec has no operator")
	}
	anew := memory.Edition{UID: "another", Generation: 2}
	open(anew)
	if connected(second) {
		t.Error("another object of the same name and generation counts as the same")
	}
	m.Forget(org)
	if connected(anew) {
		t.Error("a forgotten organization can be worked on")
	}
	open(anew)
	m.Close()
	if connected(anew) {
		t.Error("a stopping manager is connected")
	}
}
