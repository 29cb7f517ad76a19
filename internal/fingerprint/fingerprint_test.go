package fingerprint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/fingerprint"
)

func TestPrintsTellPartsApart(t *testing.T) {
	of := func(parts ...string) fingerprint.Print {
		var all [][]byte
		for _, p := range parts {
			all = append(all, []byte(p))
		}
		return fingerprint.Of(all...)
	}
	cases := map[string]struct {
		reason string
		other  fingerprint.Print
		same   bool
	}{
		"the same":      {"nothing changed", of("user", "swordfish"), true},
		"another":       {"a rotated password", of("user", "changed"), false},
		"cut elsewhere": {"what moves from one part to the next is a change", of("users", "wordfish"), false},
		"joined":        {"one part is not two", of("userswordfish"), false},
		"one more":      {"an empty part is a part", of("user", "swordfish", ""), false},
		"other order":   {"the order says what a part is", of("swordfish", "user"), false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := of("user", "swordfish") == c.other; got != c.same {
				t.Errorf("%s: same is %v", c.reason, got)
			}
		})
	}
	if text := fmt.Sprintf("%v %s %q", of("swordfish"), of("swordfish"), of("swordfish")); strings.Contains(text, "swordfish") {
		t.Errorf("a secret is told: %s", text)
	}
}
