package kerberos

import (
	"errors"
	"testing"

	"github.com/jcmturner/gokrb5/v8/krberror"
	"github.com/jcmturner/gokrb5/v8/messages"
)

func TestSaidIsOfAClosedList(t *testing.T) {
	cases := map[string]struct {
		reason string
		err    error
		want   string
	}{
		"KDC":     {"a KDC's code, without its text", messages.KRBError{ErrorCode: 12, EText: "swordfish"}, "KDC_ERR_POLICY"},
		"library": {"the library's own", krberror.NewErrorf(krberror.DecryptingError, "with %s", "swordfish"), "Decrypting_Error"},
		"other":   {"no other word is repeated", errors.New("swordfish"), "no reason that is known"},
	}
	for name, c := range cases {
		if got := said(c.err); got != c.want {
			t.Errorf("%s, %s: %q, want %q", name, c.reason, got, c.want)
		}
	}
}
