package stage

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestSpansThatOverlapCountOnce: two commands side by side are one stretch of the
// critical path, and what lies outside the asked time does not count.
func TestSpansThatOverlapCountOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Clock{}
		start := time.Now()
		go func() { _ = c.Sleep(t.Context(), 10*time.Second) }()
		_ = c.Sleep(t.Context(), 4*time.Second)
		time.Sleep(8 * time.Second) // until 12 s: nobody works from 10 s on
		_ = c.Sleep(t.Context(), 5*time.Second)
		cases := map[string]struct {
			reason   string
			from, to time.Duration
			want     time.Duration
		}{
			"all":      {"10 s and 5 s", 0, time.Minute, 15 * time.Second},
			"cut":      {"from the middle of the first to the middle of the last", 6 * time.Second, 14 * time.Second, 6 * time.Second},
			"in a gap": {"nobody worked", 10 * time.Second, 12 * time.Second, 0},
		}
		for name, tc := range cases {
			if got := c.needed(nil, start.Add(tc.from), start.Add(tc.to)); got != tc.want {
				t.Errorf("%s, %s: %s, want %s", name, tc.reason, got, tc.want)
			}
		}
	})
}
