package kerberos_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"

	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// sealedBy is a message of a client, as one token that is rotated by turn.
func sealedBy(t *testing.T, k ticket, number uint64, turn int, text string) []byte {
	t.Helper()
	header := binary.BigEndian.AppendUint64([]byte{5, 4, 2, 0xff, 0, 0, 0, 0}, number)
	data, err := crypto.GetEncryptedData(append([]byte(text), header...), k.key, keyusage.GSSAPI_INITIATOR_SEAL, 0)
	if err != nil {
		t.Fatal(err)
	}
	binary.BigEndian.PutUint16(header[6:], uint16(turn))
	body := data.Cipher
	split := (len(body) - turn%len(body)) % len(body)
	return append(header, append(bytes.Clone(body[split:]), body[:split]...)...)
}

func signedIn(t *testing.T) (ticket, wsman.Sealer, uint64) {
	t.Helper()
	a, kt := acceptor(t, principal)
	k := newTicketWith(t, kt, principal, time.Now().Add(time.Hour), 0, plain)
	got, err := a.Accept(k.bare(t))
	if err != nil {
		t.Fatal(err)
	}
	return k, got.Sealer, uint64(k.req.Authenticator.SeqNumber)
}

func TestSealedMessages(t *testing.T) {
	const signature = 60
	k, s, first := signedIn(t)
	for i, turn := range []int{0, 28, 1000} {
		token := sealedBy(t, k, first+uint64(i), turn, "Get-CsSite")
		plain, err := s.Unwrap(token[signature:], token[:signature])
		if err != nil || string(plain) != "Get-CsSite" {
			t.Errorf("rotated by %d: %q %v", turn, plain, err)
		}
	}
	for number := range uint64(2) {
		sealed, sign := s.Wrap([]byte("Redmond"))
		if len(sign) != signature || bytes.Contains(sealed, []byte("Redmond")) {
			t.Fatalf("a signature of %d bytes beside %q", len(sign), sealed)
		}
		token := append(bytes.Clone(sign), sealed...)
		body := token[16:]
		turn := int(binary.BigEndian.Uint16(token[6:]))
		plain, err := crypto.DecryptMessage(append(bytes.Clone(body[turn:]), body[:turn]...), k.key, keyusage.GSSAPI_ACCEPTOR_SEAL)
		if err != nil || string(plain[:len(plain)-16]) != "Redmond" || binary.BigEndian.Uint64(token[8:]) != number {
			t.Errorf("message %d: %q %v", number, plain, err)
		}
	}
}

func TestSealedMessagesRefused(t *testing.T) {
	k, _, _ := signedIn(t)
	cases := map[string]struct {
		reason string
		token  func(first uint64) []byte
	}{
		"replayed": {"a number that was used", func(first uint64) []byte { return sealedBy(t, k, first-1, 28, "x") }},
		"skipped":  {"a number too far", func(first uint64) []byte { return sealedBy(t, k, first+1, 28, "x") }},
		"changed":  {"a byte that was changed", func(first uint64) []byte { b := sealedBy(t, k, first, 28, "x"); b[len(b)-1] ^= 1; return b }},
		"header":   {"a header that was changed", func(first uint64) []byte { b := sealedBy(t, k, first, 28, "x"); b[5] ^= 1; return b }},
		"unsealed": {"a token that is only signed", func(first uint64) []byte { b := sealedBy(t, k, first, 28, "x"); b[2] = 0; return b }},
		"short":    {"less than a header", func(uint64) []byte { return []byte{5, 4, 2} }},
		"empty":    {"a header alone", func(first uint64) []byte { return sealedBy(t, k, first, 28, "x")[:16] }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			own, s, first := signedIn(t)
			k = own
			if got, err := s.Unwrap(c.token(first), nil); err == nil {
				t.Errorf("%s, and it was opened as %q", c.reason, got)
			}
		})
	}
}
