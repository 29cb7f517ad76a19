package main

import (
	"reflect"
	"strings"
)

// difference is one between the recorded engine (PowerShell 7 on Linux) and Windows
// PowerShell 5.1 that is documented.
type difference struct {
	what, source string
	// in51 makes of a line of the recorded answer what 5.1 answers.
	in51 func(string) string
}

var differences = []difference{
	{
		what: "paths have the separator of Windows", source: "https://learn.microsoft.com/dotnet/api/system.io.path.directoryseparatorchar",
		in51: func(s string) string { return strings.ReplaceAll(s, "/", `\`) },
	},
}

// documentedIn51 names the difference that alone makes the recorded answer another one
// than the evaluator's; "" for none.
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
