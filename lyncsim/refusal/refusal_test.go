package refusal_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/refusal"
)

func TestSentence(t *testing.T) {
	down := refusal.New(refusal.Unreachable, "run setup on", "edge1", "the machine is down")
	cases := map[string]struct {
		reason string
		err    error
		want   string
	}{
		"plain":     {"act, object and reason are one phrase", down, "run setup on edge1: the machine is down"},
		"parts":     {"what follows and what to do are told after it", down.Adding("it serves nothing").Adding("start it"), "run setup on edge1: the machine is down; it serves nothing; start it"},
		"untouched": {"adding leaves the refusal that others hold as it was", down, "run setup on edge1: the machine is down"},
		"wrapped":   {"who wraps a refusal loses nothing of it", fmt.Errorf("at noon: %w", down.Adding("start it")), "run setup on edge1: the machine is down; start it"},
		"no act":    {"a reason alone has no colon", refusal.New(refusal.Failed, "", "", "it broke"), "it broke"},
		"foreign":   {"another error tells its own text", io.EOF, "EOF"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, refusal.Sentence(c.err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestKindOf(t *testing.T) {
	cases := map[string]struct {
		reason string
		err    error
		want   refusal.Kind
	}{
		"refusal": {"a refusal has its kind", refusal.New(refusal.Busy, "publish", "it", "somebody publishes"), refusal.Busy},
		"wrapped": {"also inside another error", fmt.Errorf("later: %w", refusal.Because(refusal.Denied, "read", "it", io.EOF)), refusal.Denied},
		"foreign": {"what nobody foresaw is a defect", io.EOF, refusal.Internal},
		"none":    {"no error has no kind", refusal.Because(refusal.Failed, "read", "it", nil), ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := refusal.KindOf(c.err); got != c.want {
				t.Errorf("%s: got %q, want %q", c.reason, got, c.want)
			}
		})
	}
	if !errors.Is(refusal.Because(refusal.Failed, "read", "it", io.EOF), io.EOF) {
		t.Error("the reason of a refusal is lost")
	}
}
