package main

import (
	_ "embed"
	"fmt"
	"os"
	"strings"
)

// excused.tsv lists changes that no test can notice or need notice, each with the reason. A
// line holds the file, the line of source, the change as it is printed, and the sentence.
//
//go:embed excused.tsv
var excusedText string

// excuse is one line of the list.
type excuse struct{ file, source, change, why string }

var excuses = excusesOf(excusedText)

func excusesOf(text string) []excuse {
	var out []excuse
	for line := range strings.Lines(text) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(f) == 4 {
			out = append(out, excuse{f[0], f[1], f[2], f[3]})
		}
	}
	return out
}

// excuseOf is the sentence that excuses a place; empty for none.
func excuseOf(all []excuse, p place) string {
	for _, e := range all {
		if e.fits(p) {
			return e.why
		}
	}
	return ""
}

// fits reports whether the excuse is that of a place. The line's number may change, its words
// may not.
func (e excuse) fits(p place) bool {
	file, change, _ := strings.Cut(p.String(), ":")
	_, change, _ = strings.Cut(change, " ")
	if e.file != file || e.change != change {
		return false
	}
	text, err := os.ReadFile(p.file)
	if err != nil {
		return false
	}
	lines := strings.Split(string(text), "\n")
	return p.line <= len(lines) && strings.TrimSpace(lines[p.line-1]) == e.source
}

// excusedShare is the part of a sample that may be excused, in percent.
const excusedShare = 3

func (t tally) tooManyExcuses() error {
	if t.excused*100 > excusedShare*t.mutants {
		return fmt.Errorf("%d of %d mutants are excused, which is more than %d %%: write tests", t.excused, t.mutants, excusedShare)
	}
	return nil
}
