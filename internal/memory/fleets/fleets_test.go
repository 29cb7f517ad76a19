package fleets_test

import (
	"testing"

	"github.com/fedroute/fedroute/internal/fingerprint"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/fleets"
)

func TestOneFleetForEachSetOfConnections(t *testing.T) {
	m := fleets.New()
	t.Cleanup(m.Close)
	org, first := memory.Object{Namespace: "lync", Name: "org"}, memory.Edition{UID: "lt", Generation: 1}
	to := fingerprint.Of([]byte("fe1"))
	open := func(e memory.Edition) *shell.Fleet {
		return m.Open(org, e, to, func() *shell.Fleet { return shell.NewFleet(shell.Config{}) })
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
	same := memory.Edition{UID: "lt", Generation: 2}
	if open(same) != fleet {
		t.Error("an edit that changes no connection closes the connections")
	}
	if connected(first) || !connected(same) {
		t.Error("the fleet belongs to the latest edition")
	}
	to = fingerprint.Of([]byte("fe2"))
	second := memory.Edition{UID: "lt", Generation: 3}
	if open(second) == fleet {
		t.Error("other connections keep the fleet of the old ones")
	}
	if connected(first) {
		t.Error("what was seen with the old spec can be done with the new one's connections")
	}
	if !connected(second) {
		t.Error("the new spec has no operator")
	}
	anew := memory.Edition{UID: "another", Generation: 3}
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
