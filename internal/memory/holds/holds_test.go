package holds_test

import (
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/holds"
)

func TestOneHoldForEachOrganization(t *testing.T) {
	m := holds.New()
	made := 0
	of := func(name string) *shell.Hold {
		return m.Of(memory.Object{Namespace: "lync", Name: name}, func() *shell.Hold {
			made++
			return shell.NewHold("", time.Time{}, time.Now)
		})
	}
	first := of("org")
	if of("org") != first || of("other") == first || made != 2 {
		t.Errorf("%d holds were made for two organizations", made)
	}
	org := memory.Object{Namespace: "lync", Name: "org"}
	m.Forget(org)
	if of("org") == first || made != 3 {
		t.Error("what holds nothing is kept after its LyncTopology is gone")
	}
	now := time.Now()
	m.Of(memory.Object{Name: "lost"}, func() *shell.Hold { return shell.NewHold("https://fe1/wsman", now, func() time.Time { return now }) })
	m.Forget(memory.Object{Name: "lost"})
	again := func() (made bool) {
		m.Of(memory.Object{Name: "lost"}, func() *shell.Hold { made = true; return shell.NewHold("", time.Time{}, time.Now) })
		return made
	}
	if again() {
		t.Error("a server that may still publish is not held any more, because its LyncTopology was made anew")
	}
	m.Forget(memory.Object{Name: "lost"})
	now = now.Add(time.Hour)
	m.Forget(org) // at the next LyncTopology that goes
	if !again() {
		t.Error("a hold that has ended is kept")
	}
}
