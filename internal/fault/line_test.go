package fault_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fedroute/fedroute/internal/fault"
)

func TestLine(t *testing.T) {
	for reason, c := range map[string]struct{ text, want string }{
		"lines and tabs":     {"At line:1\r\n\t+ function {\r\n", "At line:1 + function {"},
		"periods at the end": {" Access is denied. ", "Access is denied"},
		"an escape":          {"\x1b[2J gone", `\x1b[2J gone`},
		"nothing":            {" \n", ""},
		"too long":           {strings.Repeat("a", 601), strings.Repeat("a", 600) + "…"},
		"cut in a letter":    {strings.Repeat("a", 599) + "éé", strings.Repeat("a", 599) + "…"},
		"as long as it may":  {strings.Repeat("a", 600), strings.Repeat("a", 600)},
	} {
		if got := fault.Line(c.text); got != c.want || !utf8.ValidString(got) {
			t.Errorf("%s: %q, want %q", reason, got, c.want)
		}
	}
}

func TestVisible(t *testing.T) {
	for reason, c := range map[string]struct{ text, want string }{
		"letters of every script":   {"Zürich 東京 דבלין\u00a0№ 1", "Zürich 東京 דבלין\u00a0№ 1"},
		"nothing":                   {"", ""},
		"an escape clears a screen": {"edge1\x1b[2J\x1b]0;title\a", `edge1\x1b[2J\x1b]0;title\a`},
		"the C1 form of an escape":  {"\u009b31m", `\u009b31m`},
		"NUL":                       {"a\x00b", `a\x00b`},
		"it turns the writing":      {"a\u202etxt.exe", `a\u202etxt.exe`},
		"a space without width":     {"ed\u200bge", `ed\u200bge`},
		"one line":                  {"first\r\nsecond\tthird\u2028fourth", `first second third fourth`},
		"no UTF-8":                  {"a\xffb", "a\ufffdb"},
	} {
		got := fault.Visible(c.text)
		if got != c.want || !utf8.ValidString(got) {
			t.Errorf("%s: %q, want %q", reason, got, c.want)
		}
		if again := fault.Visible(got); again != got {
			t.Errorf("%s: told twice it is %q", reason, again)
		}
	}
}
