package partner

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fedroute/fedroute/internal/lync"
)

// TestOutagesAreAddedUp: a look a second, s for served and - for not. The organization is
// asked to move back at second 2.
func TestOutagesAreAddedUp(t *testing.T) {
	start := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		reason, looks       string
		outage, servedAfter time.Duration
	}{
		"always served": {"no look failed", "ssssss", 0, 0},
		"one gap":       {"from the first look that failed to the next that did not", "sss--s", 2 * time.Second, 3 * time.Second},
		"two gaps":      {"they are added up, and the last one counts for the way back", "-ss-ss", 2 * time.Second, 2 * time.Second},
		"before only":   {"a failure before the way back was asked for is an outage, and no part of the way back", "s-ssss", time.Second, 0},
		"never again":   {"until the last look, and one look longer for the way back", "sss---", 2 * time.Second, 3*time.Second + EveryLook},
		"no look":       {"nothing is known", "", 0, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := &Partner{looks: map[lync.Protocol][]look{}}
			for i, l := range c.looks {
				p.looks[lync.SIP] = append(p.looks[lync.SIP], look{start.Add(time.Duration(i) * time.Second), l == 's'})
			}
			if got := p.Outage(lync.SIP); got != c.outage {
				t.Errorf("%s: outage %s, want %s", c.reason, got, c.outage)
			}
			if got := p.ServedAfter(start.Add(2 * time.Second)); got != c.servedAfter {
				t.Errorf("%s: served after %s, want %s", c.reason, got, c.servedAfter)
			}
			if got := p.Outage(lync.XMPP); got != 0 {
				t.Errorf("XMPP, which was not looked at: %s", got)
			}
		})
	}
}

// TestPartnersWatchUntilTheOldRecordsAreForgotten: a partner that caches loses time after the
// move, too. A move that failed is told at once.
func TestPartnersWatchUntilTheOldRecordsAreForgotten(t *testing.T) {
	refused := errors.New("refused")
	cases := map[string]struct {
		reason string
		move   error
		want   time.Duration
	}{
		"moved":  {"the TTL and some looks more", nil, 25 * time.Second},
		"failed": {"there are no new records to come by", refused, 0},
	}
	for name, c := range cases {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			seen, err := WatchMove(t.Context(), "", "", 20*time.Second, func() error { return c.move })
			if !errors.Is(err, c.move) {
				t.Errorf("%s: %v", name, err)
			}
			if got := time.Since(began); got < c.want || got > c.want+EveryLook {
				t.Errorf("%s, %s: watched for %s, want %s", name, c.reason, got, c.want)
			}
			if seen.Fresh.Caches || !seen.Caching.Caches {
				t.Errorf("%s: the partners are mixed up", name)
			}
		})
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := WatchMove(ended, "", "", time.Hour, func() error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a watch that was ended says %v", err)
	}
}
