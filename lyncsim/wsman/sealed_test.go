package wsman

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

// mirror seals a message by reversing it.
type mirror struct{}

const mirrorSignature = "0123456789abcdef"

func (mirror) Wrap(plain []byte) (sealed, signature []byte) {
	sealed = bytes.Clone(plain)
	slices.Reverse(sealed)
	return sealed, []byte(mirrorSignature)
}

func (m mirror) Unwrap(sealed, signature []byte) ([]byte, error) {
	if string(signature) != mirrorSignature {
		return nil, errors.New("bad signature")
	}
	plain, _ := m.Wrap(sealed)
	return plain, nil
}

func TestUnseal(t *testing.T) {
	const text = "<a>\r\n--Encrypted Boundary\r\n</a>"
	good := string(seal(mirror{}, sealedByNegotiate, []byte(text)))
	tests := map[string]struct {
		reason, body string
		ok           bool
	}{
		"Good":         {"as this server writes it", good, true},
		"NoLastLine":   {"some clients leave out the last line end", strings.TrimSuffix(good, "\r\n"), true},
		"NoParts":      {"nothing of the form", "x", false},
		"NoEnd":        {"cut short", good[:len(good)-10], false},
		"NoLength":     {"the original length is missing", strings.Replace(good, ";Length=", ";", 1), false},
		"OtherLength":  {"the original length is another", strings.Replace(good, ";Length=", ";Length=1", 1), false},
		"BadLength":    {"the original length is no number", strings.Replace(good, ";Length=", ";Length=x", 1), false},
		"BadSignature": {"somebody changed the signature", strings.Replace(good, mirrorSignature, strings.ToUpper(mirrorSignature), 1), false},
		"LongHeader":   {"the signature is longer than the message", strings.Replace(good, "\x10\x00\x00\x00", "\xff\xff\xff\xff", 1), false},
		"Empty":        {"no payload", sealedOctets + sealedTail, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := unseal(mirror{}, []byte(tc.body))
			if (err == nil) != tc.ok || tc.ok && string(got) != text {
				t.Errorf("%s: %q %v", tc.reason, got, err)
			}
		})
	}
}
