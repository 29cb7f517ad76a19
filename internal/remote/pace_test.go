package remote

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestAHostThatAnswersAtOnceIsPaced: one was seen to be asked 24,609 times in 12 seconds.
func TestAHostThatAnswersAtOnceIsPaced(t *testing.T) {
	cases := map[string]struct {
		reason  string
		octets  int
		takes   time.Duration // of each answer
		atLeast int           // answers in 12 seconds
		atMost  int
	}{
		"says nothing":    {"ten questions a second, after a burst", 0, 0, 100, burst + 121},
		"says little":     {"it is no better", 100, time.Millisecond, 100, burst + 121},
		"sends a reply":   {"a reply of megabytes comes as fast as it can", 100_000, time.Millisecond, 11_999, 12_001},
		"holds questions": {"as a host does that has nothing to say", 0, time.Second, 12, 12},
		"prints lines":    {"as a command does that tells what it does", 80, 100 * time.Millisecond, 119, 121},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var p Pace
				asked := 0
				for began := time.Now(); time.Since(began) < 12*time.Second; asked++ {
					time.Sleep(c.takes)
					if err := p.Wait(t.Context(), c.octets); err != nil {
						t.Fatal(err)
					}
				}
				if asked < c.atLeast || asked > c.atMost {
					t.Errorf("%s: it was asked %d times", c.reason, asked)
				}
			})
		})
	}
}

func TestAPacedSessionCanBeEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p Pace
		why := errors.New("closed")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(why)
		var err error
		for range burst + 1 {
			err = p.Wait(ctx, 0)
		}
		if !errors.Is(err, why) {
			t.Errorf("got %v", err)
		}
	})
}
