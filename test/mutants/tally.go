package main

import "fmt"

// result is what became of one mutant.
type result struct {
	place   place
	verdict verdict
	excuse  string // why nobody needs to kill it
}

func (r result) String() string {
	if r.verdict == survived && r.excuse != "" {
		return fmt.Sprintf("excused  %s: %s", r.place, r.excuse)
	}
	return fmt.Sprintf("%s  %s", r.verdict, r.place)
}

// tally counts results.
type tally struct{ mutants, killed, excused int }

func (t *tally) add(r result) {
	t.mutants++
	switch {
	case r.verdict == killed:
		t.killed++
	case r.excuse != "":
		t.excused++
	}
}

// String counts an excused mutant as one that was not killed.
func (t tally) String() string {
	share := 100.0
	if t.mutants > 0 {
		share = 100 * float64(t.killed) / float64(t.mutants)
	}
	return fmt.Sprintf("%d survived, of which %d are excused\nmutants: %d, killed %d, %.1f %%", t.mutants-t.killed, t.excused, t.mutants, t.killed, share)
}
