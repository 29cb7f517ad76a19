package main

import "fmt"

// result is what became of one mutant.
type result struct {
	identity string // of the place
	verdict  verdict
}

// tally counts results.
type tally struct{ mutants, killed, excused int }

func (t *tally) add(r result, excuses map[string]string) {
	t.mutants++
	switch {
	case r.verdict == killed:
		t.killed++
	case excuses[r.identity] != "":
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
