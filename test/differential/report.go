package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// The largest share of snippets, in percent, that may be answered differently, and that may
// be refused.
const (
	mostDifferent = 1.0
	mostRefused   = 5.0
)

// tally counts verdicts by their outcome.
type tally [different + 1]int

func (t tally) all() int { return t[same] + t[refused] + t[documented] + t[different] }

func (t tally) percent(o outcome) float64 { return 100 * float64(t[o]) / float64(max(1, t.all())) }

// report counts verdicts, in all and kind by kind.
type report struct {
	total tally
	kinds map[string]tally
}

func newReport() *report { return &report{kinds: make(map[string]tally)} }

func (r *report) add(v verdict) {
	kind := r.kinds[v.Group]
	kind[v.outcome]++
	r.total[v.outcome]++
	r.kinds[v.Group] = kind
}

// print writes one line for each kind, the kind with most differences first, and then the
// line of totals.
func (r *report) print(out io.Writer) {
	names := slices.SortedFunc(maps.Keys(r.kinds), func(x, y string) int {
		return r.kinds[y][different] - r.kinds[x][different]
	})
	for _, name := range names {
		n := r.kinds[name]
		_, _ = fmt.Fprintf(out, "%-14s same %4d, refused %3d, as 5.1 documents %3d, different %3d\n", name, n[same], n[refused], n[documented], n[different])
	}
	_, _ = fmt.Fprintf(out, "differential: %d snippets, same %d, refused %d (%.1f %%), as 5.1 documents %d, different %d (%.1f %%)\n",
		r.total.all(), r.total[same], r.total[refused], r.total.percent(refused), r.total[documented], r.total[different], r.total.percent(different))
}

// missed returns the error of a run that has more differences or refusals than allowed.
func (r *report) missed() error {
	if d, n := r.total.percent(different), r.total.percent(refused); r.total.all() == 0 || d > mostDifferent || n > mostRefused {
		return fmt.Errorf("%d snippets were judged, at most %.0f %% may differ and %.0f %% be refused", r.total.all(), mostDifferent, mostRefused)
	}
	return nil
}

// print writes the topic of a snippet, the real engine's answer and the evaluator's.
func (v verdict) print(out io.Writer) {
	_, _ = fmt.Fprintf(out, "--- %s %s %s\n%s\n", v.ID, v.Group, v.outcome, v.Snippet)
	if v.outcome == refused {
		_, _ = fmt.Fprintf(out, "  refused   %s\n", v.refusal)
		return
	}
	_, _ = fmt.Fprintf(out, "  real      %s\n  simulated %s\n", v.answer, v.got)
}
