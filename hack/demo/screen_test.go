package main

import (
	"strings"
	"testing"
	"time"
)

// TestSpinnerStaysOnItsLine: in a narrow terminal a line that wraps would leave its
// first half behind ten times a second.
func TestSpinnerStaysOnItsLine(t *testing.T) {
	var out strings.Builder
	s := &screen{out: &out, live: true}
	long := func() string { return strings.Repeat("federation is hosted by edge1.contoso.com ", 3) }
	if err := s.step("nothing is written while nothing changes", func() (string, error) { time.Sleep(350 * time.Millisecond); return "", nil }, long); err != nil {
		t.Fatal(err)
	}
	turns := strings.Split(out.String(), "\r")
	if len(turns) < 4 {
		t.Fatalf("%d turns in %q", len(turns), out.String())
	}
	for _, turn := range turns[1 : len(turns)-1] {
		if !strings.HasPrefix(turn, "\033[K\033[?7l") || !strings.HasSuffix(turn, "\033[?7h") {
			t.Errorf("a turn may wrap: %q", turn)
		}
	}
	if last := turns[len(turns)-1]; strings.Contains(last, "\033[?7l") {
		t.Errorf("what stays must wrap: %q", last)
	}
}
