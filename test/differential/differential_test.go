package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestJudge checks each verdict: the same answer, a refusal, a documented difference,
// another answer.
func TestJudge(t *testing.T) {
	cases := map[string]struct {
		reason, script string
		recorded       answer
		want           outcome
	}{
		"same":       {"output, errors and exit code are the recorded ones", "1 + 1; [int]'x'", answer{Stdout: "2\n", Errors: []errorRecord{{"InvalidCastFromStringToInteger", "InvalidArgument"}}}, same},
		"line ends":  {"those of the recorded engine's system do not count", "1 | Out-String", answer{Stdout: "1\n\n"}, same},
		"refused":    {"what is not simulated is no difference", "class A { }", answer{}, refused},
		"documented": {"the separator of paths is Windows's", "Join-Path a b", answer{Stdout: "a/b\n"}, documented},
		"output":     {"another output is one", "2", answer{Stdout: "3\n"}, different},
		"error":      {"a missing error is one", "1", answer{Stdout: "1\n", Errors: []errorRecord{{"A", "B"}}}, different},
		"exit code":  {"another exit code is one", "exit 3", answer{Exit: 4}, different},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := judge(snippet{Script: tc.script, answer: tc.recorded}); got.outcome != tc.want {
				t.Errorf("%s: %s, want %s", tc.reason, got.outcome, tc.want)
			}
		})
	}
}

// TestGoals checks that a run fails with more than 1 % different or 5 % refused, and when
// it judged nothing.
func TestGoals(t *testing.T) {
	cases := map[string]struct {
		reason string
		total  tally
		fails  bool
	}{
		"kept":      {"at the limits", tally{same: 94, refused: 5, different: 1}, false},
		"different": {"above 1 %", tally{same: 98, different: 2}, true},
		"refused":   {"above 5 %", tally{same: 94, refused: 6}, true},
		"nothing":   {"no snippet", tally{}, true},
	}
	for name, tc := range cases {
		if err := (&report{total: tc.total}).missed(); (err != nil) != tc.fails {
			t.Errorf("%s: %s: %v", name, tc.reason, err)
		}
	}
}

// TestGenerate checks that a seed always makes the same snippets, and another seed makes
// others.
func TestGenerate(t *testing.T) {
	bodies := func(seed uint64) (list []string) {
		for _, s := range generate(seed, 20) {
			list = append(list, s.Snippet)
		}
		return list
	}
	if diff := cmp.Diff(bodies(1), bodies(1)); diff != "" {
		t.Errorf("the same seed gave others:\n%s", diff)
	}
	if cmp.Equal(bodies(1), bodies(2)) {
		t.Error("two seeds gave the same snippets")
	}
}
