package looks

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/memory"
)

const patience = 100 * time.Millisecond

var (
	object  = memory.Object{Namespace: "lync", Name: "contoso"}
	edition = memory.Edition{UID: "u", Generation: 1}
)

// after is a look that takes a while, and ends early when it is no longer wanted.
func after(d time.Duration, found string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		select {
		case <-time.After(d):
			return found, nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// waking collects the objects that are woken.
func waking() (*Memory[string], chan memory.Object) {
	woken := make(chan memory.Object, 1000)
	return New[string]("look at", patience, func(o memory.Object) { woken <- o }), woken
}

func TestALookThatIsQuickNeedsNoSecondReconcile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, woken := waking()
		found := m.Look(t.Context(), object, edition, after(patience/2, "well"))
		synctest.Wait()
		if !found.Ended || found.Value != "well" || len(woken) != 0 {
			t.Errorf("got %+v, woken %d times", found, len(woken))
		}
		if again := m.Wait(t.Context(), object, edition); again.Begun {
			t.Errorf("what was taken is given again: %+v", again)
		}
	})
}

func TestALookThatIsSlowHoldsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, woken := waking()
		began := time.Now()
		if found := m.Look(t.Context(), object, edition, after(time.Minute, "well")); !found.Begun || found.Ended || time.Since(began) != patience {
			t.Errorf("got %+v after %s", found, time.Since(began))
		}
		for range 3 { // reconciles for other reasons begin no second look
			if found := m.Look(t.Context(), object, edition, after(0, "another")); found.Ended {
				t.Errorf("got %+v", found)
			}
		}
		if got := <-woken; got != object || time.Since(began) != time.Minute {
			t.Errorf("%s was woken after %s", got, time.Since(began))
		}
		if found := m.Wait(t.Context(), object, edition); found.Value != "well" {
			t.Errorf("got %+v", found)
		}
		if found := m.Look(t.Context(), object, edition, after(0, "another")); found.Value != "well" || len(woken) != 0 {
			t.Errorf("got %+v, woken %d times more", found, len(woken))
		}
		if found := m.Look(t.Context(), object, edition, after(0, "another")); found.Value != "another" {
			t.Errorf("got %+v", found)
		}
	})
}

// TestASlowLookIsWaitedForOnce: a reconcile for another reason costs its worker no time, and
// the object is woken once.
func TestASlowLookIsWaitedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, woken := waking()
		m.Look(t.Context(), object, edition, after(time.Minute, "well"))
		began := time.Now()
		for range 10 {
			if found := m.Look(t.Context(), object, edition, after(0, "another")); !found.Begun || found.Ended || time.Since(began) > 0 {
				t.Errorf("got %+v after %s", found, time.Since(began))
			}
		}
		<-woken
		if found := m.Look(t.Context(), object, edition, after(0, "another")); found.Value != "well" || len(woken) != 0 {
			t.Errorf("got %+v, woken %d times", found, len(woken))
		}
	})
}

func TestALookThatIsNotWantedEndsAtOnce(t *testing.T) {
	cases := map[string]struct {
		reason string
		end    func(*Memory[string])
	}{
		"gone":    {"the object was deleted", func(m *Memory[string]) { m.Forget(object) }},
		"edited":  {"the spec asks something else", func(m *Memory[string]) { m.Wait(context.Background(), object, memory.Edition{UID: "u", Generation: 2}) }},
		"anew":    {"another object has the name", func(m *Memory[string]) { m.Wait(context.Background(), object, memory.Edition{UID: "v", Generation: 1}) }},
		"stopped": {"the manager stops", func(m *Memory[string]) { m.Stop() }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, woken := waking()
				ended := make(chan error, 1)
				began := time.Now()
				m.Look(t.Context(), object, edition, func(ctx context.Context) (string, error) {
					<-ctx.Done()
					ended <- ctx.Err()
					return "", ctx.Err()
				})
				c.end(m)
				<-ended
				synctest.Wait()
				if time.Since(began) > patience || len(woken) != 0 {
					t.Errorf("%s: it ended after %s and woke %d", c.reason, time.Since(began), len(woken))
				}
			})
		})
	}
}

func TestNoLookBeginsAfterTheStop(t *testing.T) {
	m, _ := waking()
	m.Stop()
	if found := m.Look(t.Context(), object, edition, after(0, "well")); found.Begun {
		t.Errorf("got %+v", found)
	}
}

// TestNoNamespaceWaitsForAnother: one namespace has many more slow objects than may be
// looked at at once. The other is looked at as if it were alone.
func TestNoNamespaceWaitsForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, woken := waking()
		began := time.Now()
		for i := range 3 * atOnce {
			m.begin(memory.Object{Namespace: "tenant", Name: fmt.Sprint(i)}, edition, after(time.Hour, "well"))
		}
		if found := m.Look(t.Context(), object, edition, after(patience/2, "well")); !found.Ended {
			t.Errorf("the neighbour got %+v", found)
		}
		for i := range 3 * atOnce {
			m.Wait(t.Context(), memory.Object{Namespace: "tenant", Name: fmt.Sprint(i)}, edition) // and leaves it
		}
		for range 3 * atOnce {
			<-woken
		}
		if took := time.Since(began).Round(time.Hour); took != 3*time.Hour {
			t.Errorf("%d looks of an hour took %s: %d go on at the same time", 3*atOnce, took, atOnce)
		}
	})
}

func TestALookThatPanicsIsOver(t *testing.T) {
	m, _ := waking()
	m.patience = time.Minute
	found := m.Look(t.Context(), object, edition, func(context.Context) (string, error) { panic("swordfish") })
	if !found.Ended || !fault.Is(found.Err, fault.Internal) {
		t.Errorf("got %+v", found)
	}
	broken := errors.New("broken")
	if found := m.Look(t.Context(), object, edition, func(context.Context) (string, error) { return "", broken }); !errors.Is(found.Err, broken) {
		t.Errorf("got %+v", found)
	}
}
