package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// deepest bounds the indent of a step, so that its name fits into a narrow terminal.
const deepest = 8

// depths gives how far to the right each step stands: further than those that it waits for.
// Steps with the same indent run side by side.
func depths(steps []v1alpha1.Step) []int {
	out := make([]int, len(steps))
	for i, s := range steps {
		for _, before := range s.After {
			if at := int(before) - 1; at >= 0 && at < i {
				out[i] = min(max(out[i], out[at]+1), deepest)
			}
		}
	}
	return out
}

// timing says which steps a step waits for, how long it took, and how long it may take.
func timing(s v1alpha1.Step) string {
	var out []string
	if len(s.After) > 0 {
		out = append(out, "after "+numbers(s.After))
	}
	switch {
	case s.Started != nil && s.Ended != nil:
		out = append(out, "took "+s.Ended.Sub(s.Started.Time).String())
	case s.Started != nil:
		out = append(out, "since "+clock(*s.Started))
	}
	if s.Limit != nil && s.Ended == nil {
		out = append(out, "at most "+span(s.Limit.Duration))
	}
	return strings.Join(out, "; ")
}

// span writes a duration without parts that are zero.
func span(d time.Duration) string {
	text := d.Round(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// numbers writes three or more numbers in a row as the first and the last.
func numbers(places []int32) string {
	all := slices.Sorted(slices.Values(places))
	var out []string
	for i := 0; i < len(all); {
		j := i
		for j+1 < len(all) && all[j+1] == all[j]+1 {
			j++
		}
		if j-i >= 2 {
			out = append(out, fmt.Sprintf("%d-%d", all[i], all[j]))
		} else {
			for _, n := range all[i : j+1] {
				out = append(out, fmt.Sprint(n))
			}
		}
		i = j + 1
	}
	return strings.Join(out, ", ")
}
