package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// looks is a diary's content: what was seen at which tenth of a second.
type looks []struct {
	tenth int
	sight sight
}

// TestDiary: bar and words of what was seen from the second second to the fourth.
func TestDiary(t *testing.T) {
	one, two, closed := sight{true, "edge1"}, sight{true, "edge2"}, sight{false, "refused"}
	cases := map[string]struct {
		reason     string
		looks      looks
		bar, words string
	}{
		"nothing changed": {"the last look counts until now", looks{{0, one}, {18, one}},
			"██████████", "served by edge1 2.0s"},
		"moved": {"a period ends with the first look that saw something else", looks{{0, one}, {25, closed}, {30, closed}, {33, two}},
			"██░░░░░███", "served by edge1 0.5s, not served 0.8s (refused), served by edge2 0.7s"},
		"short gap": {"one look is seen, although it is less than a cell", looks{{0, one}, {25, closed}, {26, one}},
			"██░░██████", "served by edge1 0.5s, not served 0.1s (refused), served by edge1 1.4s"},
		"long ago": {"what ended before the first second shown is left out", looks{{0, closed}, {15, one}},
			"██████████", "served by edge1 2.0s"},
		"just ended": {"less than a tenth of a second would be told as 0.0s", looks{{0, one}, {21, closed}},
			"░░░░░░░░░░", "not served 1.9s (refused)"},
		"another reason": {"a change of the reason is a period of its own", looks{{0, closed}, {30, sight{false, "no SRV record"}}},
			"░░░░░░░░░░", "not served 1.0s (refused), not served 1.0s (no SRV record)"},
	}
	began := time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	at := func(tenth int) time.Time { return began.Add(time.Duration(tenth) * time.Second / 10) }
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var d diary
			for _, l := range c.looks {
				d.write("SIP", at(l.tenth), l.sight)
			}
			periods := d.between("SIP", at(20), at(40))
			if diff := cmp.Diff([]string{c.bar, c.words}, []string{bar(10, periods), inWords(periods)}); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
	if diff := cmp.Diff([]string(nil), timeline(80, map[string][]period{"SIP": new(diary).between("SIP", at(0), at(9))})); diff != "" {
		t.Errorf("a partner that has not looked yet (-want +got):\n%s", diff)
	}
}
