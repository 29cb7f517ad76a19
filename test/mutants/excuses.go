package main

import (
	_ "embed"
	"fmt"
	"strings"
)

// excused.tsv lists changes that no test can notice or need notice, each with the reason. A
// line holds the identity of the place, and the sentence.
//
//go:embed excused.tsv
var excusedText string

// excuses are sentences by identity.
var excuses = excusesOf(excusedText)

func excusesOf(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if end := strings.LastIndexByte(line, '\t'); end >= 0 {
			out[line[:end]] = line[end+1:]
		}
	}
	return out
}

// excusedShare is the part of a sample that may be excused, in percent.
const excusedShare = 3

func (t tally) tooManyExcuses() error {
	if t.excused*100 > excusedShare*t.mutants {
		return fmt.Errorf("%d of %d mutants are excused, which is more than %d %%: write tests", t.excused, t.mutants, excusedShare)
	}
	return nil
}
