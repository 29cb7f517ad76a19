package farm

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestManualClockFiresInOrder(t *testing.T) {
	c := NewManualClock(start)
	var got []string
	note := func(name string) func() {
		return func() { got = append(got, name+" "+c.Now().Sub(start).String()) }
	}
	c.AfterFunc(2*time.Second, note("late"))
	c.AfterFunc(time.Second, func() {
		note("early")()
		c.AfterFunc(500*time.Millisecond, note("nested"))
	})
	stop := c.AfterFunc(time.Second, note("stopped"))
	stop()
	c.Advance(3 * time.Second)
	want := []string{"early 1s", "nested 1.5s", "late 2s"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("timers (-want +got):\n%s", diff)
	}
	if c.Now() != start.Add(3*time.Second) {
		t.Errorf("the clock shows %s", c.Now())
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	c := NewManualClock(start)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- c.Sleep(ctx, time.Hour) }()
	c.AwaitSleepers(1)
	cancel()
	if err := <-done; err == nil {
		t.Error("Sleep outlived its context")
	}
	if err := c.Sleep(ctx, 0); err == nil {
		t.Error("a sleep of nothing hides that the context has ended")
	}
}

func TestRealClockInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := time.Now()
		must(t, RealClock{}.Sleep(t.Context(), time.Hour))
		if got := time.Since(before); got != time.Hour {
			t.Errorf("slept %s", got)
		}
		fired := false
		RealClock{}.AfterFunc(time.Minute, func() { fired = true })
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if !fired {
			t.Error("AfterFunc did not fire")
		}
	})
}
