package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/fault"
)

func TestWhatIsSaidAboutASecretIsWithheld(t *testing.T) {
	const canary = "swordfish"
	cases := map[string]struct {
		reason  string
		library func() (int, error)
		says    string
	}{
		"quoted":  {"libraries quote what they cannot read", func() (int, error) { return 0, errors.New("bad byte in " + canary) }, "withheld, for it may show a secret (*errors.errorString)"},
		"wrapped": {"nothing leads back to the words", func() (int, error) { return 0, fmt.Errorf("x: %w", errors.New(canary)) }, "withheld, for it may show a secret (*fmt.wrapError)"},
		"panic":   {"a parser that panics says no more", func() (int, error) { panic(canary) }, "withheld, for it may show a secret (panic of string)"},
		"index":   {"an index may be a piece of a key", func() (int, error) { return []int{}[len(canary)], nil }, "withheld, for it may show a secret (panic of runtime.boundsError)"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, said := fault.OfSecret(c.library)
			if said == nil || said.Error() != c.says {
				t.Fatalf("%s: %v, want %q", c.reason, said, c.says)
			}
			err := fault.NewOfSecret(fault.Invalid, "read", "keytab", "it cannot be read", said).With("", "store it whole")
			all := fmt.Sprintf("%s|%v|%+v|%#v|%v", fault.Sentence(err), err, err, err, errors.Unwrap(err))
			if strings.Contains(all, canary) {
				t.Errorf("%s: %s", c.reason, all)
			}
		})
	}
	if value, said := fault.OfSecret(func() (int, error) { return 7, nil }); value != 7 || said != nil {
		t.Errorf("got %d, %v", value, said)
	}
	if err := fault.NewOfSecret(fault.Invalid, "read", "x", "y", nil); errors.Unwrap(err) != nil {
		t.Error("nothing said is no cause")
	}
}
