package terminal_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/test/support/terminal"
)

// TestFits checks the checker: each text is written to a terminal of ten columns.
func TestFits(t *testing.T) {
	cases := map[string]struct{ reason, written, wrong string }{
		"short":         {"it is shorter than the terminal", "one\r\ntwo\r\n", ""},
		"exactly":       {"the last column is a column", "0123456789\r\nnext\r\n", ""},
		"wraps":         {"the eleventh character stands on the next line", "0123456789A\r\n", "does not fit"},
		"clipped":       {"the terminal drops what it has no place for", "\033[?7l0123456789ABC\033[?7h\r\n", "does not fit"},
		"cleared":       {"a turn of a spinner is gone when its line is cleared", "turn\r\033[Kdone\r\n", ""},
		"left over":     {"only the last line of a turn that wraps is cleared", "0123456789A\r\033[Kdone\r\n", "does not fit"},
		"left over end": {"a turn that wraps can leave more lines than there should be", "0123456789A\r\033[K", "are left over"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := terminal.Fits([]byte(c.written), 10)
			if (err != nil) != (c.wrong != "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%s: got %v, want %q", c.reason, err, c.wrong)
			}
		})
	}
}

func TestAProgramLearnsTheWidth(t *testing.T) {
	written, err := terminal.Run(exec.CommandContext(t.Context(), "stty", "size"), 73)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1000 73"}, terminal.Lines(written, 73)); diff != "" {
		t.Errorf("rows and columns (-want +got):\n%s", diff)
	}
}
