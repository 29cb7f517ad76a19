package syntax_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

func TestDepthIsBounded(t *testing.T) {
	const many = 100_000
	cases := map[string]struct{ reason, source string }{
		"parentheses": {"nested values", strings.Repeat("(", many)},
		"arguments":   {"nested calls", strings.Repeat("foo (", many)},
		"blocks":      {"nested blocks", strings.Repeat("{", many)},
		"brackets":    {"nested attributes", strings.Repeat("[a(", many)},
		"generics":    {"nested types", "[" + strings.Repeat("a[", many)},
		"arrays":      {"arrays of arrays", "[a" + strings.Repeat("[]", many)},
		"signs":       {"operators before a value", strings.Repeat("-", many) + "$x"},
		"casts":       {"types before a value", strings.Repeat("[a]", many) + "$x"},
		"chain":       {"operators between values", strings.Repeat("1+", many) + "1"},
		"members":     {"members of members", "$x" + strings.Repeat(".a", many)},
		"strings":     {"strings in strings", strings.Repeat(`"$(`, 1000) + strings.Repeat(`)"`, 1000)},
		"assignments": {"assigned assignments", strings.Repeat("$x=", many) + "1"},
		"ifs":         {"statements in statements", strings.Repeat("if(1){", many)},
		"tables":      {"tables in tables", strings.Repeat("@{a=", many)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := syntax.Parse(c.source)
			wrong, ok := errors.AsType[*syntax.ParseError](err)
			if !ok {
				t.Fatalf("%s: the error is %v", c.reason, err)
			}
			if last := wrong.Issues[len(wrong.Issues)-1]; last.ID != "ScriptTooComplicated" {
				t.Errorf("%s: the last issue is %s: %s", c.reason, last.ID, last.Message)
			}
		})
	}
}
