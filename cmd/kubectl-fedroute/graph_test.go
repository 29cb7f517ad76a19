package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

func TestNumbersInARow(t *testing.T) {
	cases := map[string]struct {
		reason string
		places []int32
		want   string
	}{
		"one":   {"one is itself", []int32{4}, "4"},
		"two":   {"two are no row", []int32{1, 2}, "1, 2"},
		"a row": {"the 24 ports of a zone must fit into a line", []int32{3, 1, 2, 7}, "1-3, 7"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, numbers(c.places)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestStepsSideBySideStandBelowEachOther: a step stands further to the right than each step that
// it waits for. A status may hold any numbers, also of steps that are not there.
func TestStepsSideBySideStandBelowEachOther(t *testing.T) {
	steps := []v1alpha1.Step{{}, {After: []int32{1}}, {After: []int32{1}}, {After: []int32{1, 3}}, {After: []int32{0, 5, 99}}, {After: []int32{4}}}
	if diff := cmp.Diff([]int{0, 1, 1, 2, 0, 3}, depths(steps)); diff != "" {
		t.Errorf("indents (-want +got):\n%s", diff)
	}
}
