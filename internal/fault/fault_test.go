package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/fedroute/fedroute/internal/fault"
)

func TestSentence(t *testing.T) {
	base := fault.New(fault.Denied, "sign in at", "fe1", "the password was refused")
	cases := map[string]struct {
		reason string
		err    error
		want   string
	}{
		"cause only":   {"an error may have nothing to add", base, "sign in at fe1: the password was refused"},
		"all three":    {"cause, effect and next action make one sentence", base.With("nothing is read", "correct the Secret"), "sign in at fe1: the password was refused; nothing is read; correct the Secret"},
		"without op":   {"no stray colon", fault.New(fault.Failed, "", "", "it broke"), "it broke"},
		"wrapped":      {"the sentence survives wrapping", fmt.Errorf("observe: %w", base.With("", "look")), "sign in at fe1: the password was refused; look"},
		"foreign":      {"other errors tell what they can", io.EOF, "EOF"},
		"kept by With": {"With copies, so a shared fault stays as it was", base, "sign in at fe1: the password was refused"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := fault.Sentence(c.err); got != c.want {
				t.Errorf("%s: %q, want %q", c.reason, got, c.want)
			}
		})
	}
}

func TestCause(t *testing.T) {
	refused := fault.New(fault.Denied, "sign in at", "fe1", "the password was refused").With("nothing is read", "correct the Secret")
	cases := map[string]struct {
		reason string
		err    error
		want   string
	}{
		"nil":     {"nothing happened", nil, ""},
		"fault":   {"without what was attempted, effect and next action", refused, "the password was refused"},
		"wrapped": {"whoever wrapped it", fmt.Errorf("observe: %w", refused), "the password was refused"},
		"foreign": {"other errors tell what they can", io.EOF, "EOF"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := fault.Cause(c.err); got != c.want {
				t.Errorf("%s: %q, want %q", c.reason, got, c.want)
			}
		})
	}
}

func TestKindOf(t *testing.T) {
	cases := map[string]struct {
		reason string
		err    error
		want   fault.Kind
	}{
		"nil":     {"no error has no kind", nil, ""},
		"fault":   {"its own kind", fault.New(fault.Busy, "", "", ""), fault.Busy},
		"wrapped": {"kinds bubble up", fmt.Errorf("x: %w", fault.Wrap(fault.WorldChanged, "a", "b", io.EOF)), fault.WorldChanged},
		"foreign": {"an error without a kind is a defect of ours", io.EOF, fault.Internal},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := fault.KindOf(c.err); got != c.want {
				t.Errorf("%s: %q, want %q", c.reason, got, c.want)
			}
		})
	}
	if err := fault.Wrap(fault.Failed, "a", "b", nil); err != nil {
		t.Errorf("wrapping nothing gives %v", err)
	}
	if err := fault.Wrap(fault.Failed, "a", "b", io.EOF); !errors.Is(err, io.EOF) {
		t.Error("the cause is lost")
	}
}
