package main

import (
	"reflect"
	"strings"
)

// difference is one documented difference between the recorded engine (PowerShell 7 on
// Linux) and Windows PowerShell 5.1.
type difference struct {
	what, source string
	// in51 turns a line of the recorded answer into the line that 5.1 answers.
	in51 func(string) string
}

var differences = []difference{
	{
		what: "paths have the separator of Windows", source: "https://learn.microsoft.com/dotnet/api/system.io.path.directoryseparatorchar",
		in51: func(s string) string { return strings.ReplaceAll(s, "/", `\`) },
	},
}

// documentedIn51 returns the name of the difference that alone explains why the recorded
// answer and the evaluator's differ, or "" when no single one does.
func documentedIn51(recorded, simulated answer) string {
	for _, d := range differences {
		changed := recorded
		changed.Stdout = d.in51(recorded.Stdout)
		if reflect.DeepEqual(changed, simulated) {
			return d.what + " (" + d.source + ")"
		}
	}
	return ""
}
