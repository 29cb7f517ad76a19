package winrm

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

// mirrored seals a message by writing it backwards, with a signature that counts its octets.
type mirrored struct{ signature int }

func (m mirrored) Wrap(message []byte) (sealed, signature []byte, err error) {
	if len(message) == 0 {
		return nil, nil, errors.New("there is nothing to seal")
	}
	return backwards(message), []byte(strings.Repeat("s", m.signature)), nil
}

func (m mirrored) Unwrap(sealed, signature []byte) ([]byte, error) {
	if string(signature) != strings.Repeat("s", m.signature) {
		return nil, errors.New("another's signature")
	}
	return backwards(sealed), nil
}

func backwards(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := range text {
		out = append(out, text[len(text)-1-i])
	}
	return out
}

// TestSealedAnswers: only a whole answer that the host's keys open is believed, with any status
// but 401.
func TestSealedAnswers(t *testing.T) {
	const envelope = "<s:Envelope/>"
	seals := func(signature int) string {
		body, err := seal(mirrored{signature}, []byte(envelope))
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	good := seals(minSignature)
	_, part, _ := strings.Cut(good, sealedOctets)
	cases := map[string]struct {
		reason string
		status int
		body   string
		says   string // "" when it is opened
	}{
		"whole":             {"the host sealed it", 200, good, ""},
		"fault":             {"a fault comes with a status of its own", 500, good, ""},
		"no line at end":    {"the last line may end without one", 200, strings.TrimRight(good, "\r\n"), ""},
		"plain":             {"anybody could have written it", 200, envelope, "an answer that is not sealed (HTTP 200) came over http"},
		"empty":             {"nobody vouches for a status", 500, "", "an answer that is not sealed (HTTP 500)"},
		"refused":           {"a 401 is never sealed", 401, good, "an answer that is not sealed (HTTP 401)"},
		"no end":            {"something is missing", 200, strings.Replace(good, sealedEnd, "", 1), "a sealed answer is not whole"},
		"no length":         {"the signature's length has four octets", 200, sealedHead + "\x10\x00\x00" + sealedEnd, "a sealed answer is not whole"},
		"only a length":     {"nothing follows it", 200, sealedHead + "\x10\x00\x00\x00" + sealedEnd, "a signature of impossible length"},
		"short signature":   {"no mechanism has one", 200, seals(minSignature - 1), "a signature of impossible length"},
		"long signature":    {"it would reach beyond the answer", 200, strings.Replace(good, part, "\xff"+part[1:], 1), "a signature of impossible length"},
		"another signature": {"it was changed on the way", 200, strings.Replace(good, "ssss", "sssx", 1), "it was changed or repeated on the way"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := opened(mirrored{minSignature}, &http.Response{StatusCode: c.status, Body: io.NopCloser(strings.NewReader(c.body))})
			if c.says == "" {
				if string(got) != envelope || err != nil {
					t.Errorf("%s: %q, %v", c.reason, got, err)
				}
				return
			}
			var unsealed *unsealedError
			if !errors.As(err, &unsealed) || !strings.Contains(unsealed.what, c.says) || got != nil {
				t.Errorf("%s: %q, %v; want %q", c.reason, got, err, c.says)
			}
		})
	}
	// A signature may be all that there is.
	body := sealedHead + "\x10\x00\x00\x00" + strings.Repeat("s", minSignature) + sealedEnd
	if got, err := opened(mirrored{minSignature}, &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(body))}); len(got) != 0 || err != nil {
		t.Errorf("an empty envelope: %q, %v", got, err)
	}
	lost := errors.New("the connection is lost")
	if got, err := opened(mirrored{minSignature}, &http.Response{StatusCode: 200, Body: io.NopCloser(io.MultiReader(strings.NewReader(good), failing{lost}))}); !errors.Is(err, lost) {
		t.Errorf("half an answer: %q, %v", got, err)
	}
	if body, err := seal(mirrored{minSignature}, nil); err == nil {
		t.Errorf("what cannot be sealed is sent as %q", body)
	}
}

// failing is a reader that fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestWhatCannotBeSealedIsNeverSent: an envelope that cannot be read, or that the keys do not seal,
// leaves nothing on the way. The caller may try again.
func TestWhatCannotBeSealedIsNeverSent(t *testing.T) {
	broken := errors.New("broken")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://host.contoso.com:5985/wsman", io.NopCloser(iotest.ErrReader(broken)))
	if err != nil {
		t.Fatal(err)
	}
	lane := &sealedLane{} // without a wire: whoever sends panics
	if _, err := lane.RoundTrip(request); !neverSent(err) || !errors.Is(err, broken) {
		t.Errorf("an envelope that cannot be read gives %v", err)
	}
	if _, err := seal(mirrored{minSignature}, nil); err == nil {
		t.Error("what the keys do not seal is sealed")
	}
}

// TestASignatureThatIsNotOneOfNTLM: the library panics on a short signature, so none is given to it.
func TestASignatureThatIsNotOneOfNTLM(t *testing.T) {
	for _, octets := range []int{0, minSignature - 1, minSignature + 1} {
		if _, err := (ntlmKeys{}).Unwrap([]byte("sealed"), make([]byte, octets)); err == nil || !strings.Contains(err.Error(), "not one of NTLM") {
			t.Errorf("a signature of %d octets gives %v", octets, err)
		}
	}
}
