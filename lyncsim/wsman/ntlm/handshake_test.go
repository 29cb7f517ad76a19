package ntlm_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/Azure/go-ntlmssp"

	"github.com/fedroute/fedroute/lyncsim/wsman/ntlm"
)

func newHandshake() *ntlm.Handshake {
	return &ntlm.Handshake{Host: ntlm.Host{Name: "fe01.lab.example", Domain: "LAB"}, Now: time.Now}
}

// exchange plays both sides. tamper may change message 1, 2 or 3 on its way.
func exchange(t *testing.T, h *ntlm.Handshake, tamper func(n int, msg []byte) []byte) (ntlm.Identity, error) {
	t.Helper()
	negotiate, err := ntlmssp.NewNegotiateMessage("", "")
	if err != nil {
		t.Fatal(err)
	}
	challenge, err := h.Challenge(tamper(1, negotiate))
	if err != nil {
		return ntlm.Identity{}, err
	}
	reply, err := ntlmssp.NewAuthenticateMessage(tamper(2, bytes.Clone(challenge)), `LAB\ops`, "geheim", nil)
	if err != nil {
		return ntlm.Identity{}, err
	}
	return h.Authenticate(tamper(3, reply), func(user, domain string) (string, bool) {
		return "geheim", user == "ops" && domain == "LAB"
	})
}

func faithful(_ int, msg []byte) []byte { return msg }

func TestHandshakeWithAnIndependentClient(t *testing.T) {
	id, err := exchange(t, newHandshake(), faithful)
	if err != nil || id.User != "ops" || id.Domain != "LAB" {
		t.Errorf("%+v %v", id, err)
	}
}

func TestTamperingIsNoticed(t *testing.T) {
	flip := func(at int) func([]byte) []byte {
		return func(m []byte) []byte { m[at] ^= 0x10; return m }
	}
	tests := map[string]struct {
		reason  string
		message int
		change  func([]byte) []byte
	}{
		"Nonce":     {"another challenge", 2, flip(24)},
		"Proof":     {"the proof", 3, func(m []byte) []byte { return flip(int(binary.LittleEndian.Uint32(m[24:])))(m) }},
		"Truncated": {"half a message", 3, func(m []byte) []byte { return m[:len(m)/2] }},
		"Type":      {"a negotiate message at the end", 3, func(m []byte) []byte { m[8] = 1; return m }},
		"Empty":     {"nothing", 3, func([]byte) []byte { return nil }},
		"Outside":   {"a field beyond the message", 3, func(m []byte) []byte { m[24+3] = 0xff; return m }},
		"Short":     {"a negotiate message without flags", 1, func(m []byte) []byte { return m[:12] }},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := exchange(t, newHandshake(), func(n int, m []byte) []byte {
				if n == tc.message {
					return tc.change(m)
				}
				return m
			})
			if err == nil {
				t.Errorf("%s: accepted", tc.reason)
			}
		})
	}
}

func TestAChallengeServesOnce(t *testing.T) {
	h := newHandshake()
	var last []byte
	if _, err := exchange(t, h, func(n int, m []byte) []byte { last = m; return m }); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(last, func(string, string) (string, bool) { return "geheim", true }); err == nil {
		t.Error("the same message was accepted twice")
	}
}

func TestRequiredBindingRefusesAClientWithout(t *testing.T) {
	h := newHandshake()
	h.BindingRequired = true
	if _, err := exchange(t, h, faithful); err == nil {
		t.Error("accepted")
	}
}

func FuzzAuthenticate(f *testing.F) {
	f.Add([]byte("NTLMSSP\x00\x03\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, msg []byte) {
		h := newHandshake()
		negotiate, err := ntlmssp.NewNegotiateMessage("", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Challenge(negotiate); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Authenticate(msg, func(string, string) (string, bool) { return "x", true }); err == nil {
			t.Error("a made-up message was accepted")
		}
	})
}
