//go:build !race

package chaos_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The race detector would take a quarter of an hour over these days: make chaos plays them
// without it.

// TestSoak: what a manager keeps does not grow from day to day, whatever happens to its
// organizations.
func TestSoak(t *testing.T) {
	if inOwnProcess(t) {
		return
	}
	counted, n := soak(t, *soakOrgs, *soakDays, *soakSeed, nil)
	names := grew(counted, *soakFrom)
	for _, name := range names {
		t.Errorf("%s: day %d has more than %.2f times what day %d has", name, *soakDays, limit, *soakFrom)
	}
	lastLine = fmt.Sprintf("soak: %d days, %d organizations, %d incidents, %d series grew", *soakDays, *soakOrgs, n, len(names))
	if *soakPage != "" {
		if err := writePage(*soakPage, counted, lastLine); err != nil {
			t.Fatal(err)
		}
	}
}

// leaks are one for each series. A leak may show in others, too: a shell that is left behind
// has goroutines and a connection.
var leaks = map[string][]string{
	"goroutines": {"goroutines", "goroutines of fedroute"}, "heap of fedroute (KiB)": {"heap of fedroute (KiB)"}, "connections": {"connections"},
	"watches": {"watches"}, "shells": {"shells"}, "events": {"events"}, "status (bytes)": {"status (bytes)"}, "metrics": {"metrics"},
}

// TestASoakFindsLeaks: a manager that leaves behind what a series counts is found by that series.
func TestASoakFindsLeaks(t *testing.T) {
	if inOwnProcess(t) {
		return
	}
	names := slices.Sorted(maps.Keys(leaks))
	if !*soakEach { // all at once, within seconds
		days, _ := soak(t, 1, 2, 1, leakOf(names...))
		var want []string
		for _, one := range allSeries {
			want = append(want, one.name)
		}
		if d := cmp.Diff(want, grew(days, 1)); d != "" {
			t.Errorf("series that grew (-want +got):\n%s", d)
		}
		return
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			days, _ := soak(t, 1, 2, 1, leakOf(name))
			found := grew(days, 1)
			for _, want := range leaks[name] {
				if !slices.Contains(found, want) {
					t.Errorf("%s did not grow, but %q did: %v", want, found, days)
				}
			}
		})
	}
}
