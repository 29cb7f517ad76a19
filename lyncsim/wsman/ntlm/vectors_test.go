package ntlm

import (
	"encoding/hex"
	"testing"
)

// The published example of MS-NLMP 4.2.4 (NTLMv2 authentication).
const (
	exampleProof      = "68cd0ab851e51c96aabc927bebef6a1c"
	exampleSessionKey = "c5dad2544fc9799094ce1ce90bc9d03e" // encrypted
	exampleFlags      = 0xe28a8233
	exampleSealed     = "54e50165bf1936dc996020c1811b0f06fb5f"
	exampleSignature  = "010000007fb38ec5c55d497600000000"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// exampleResponse is the client's challenge of the example: version, time 0,
// client nonce, and the target info "Domain", "Server".
func exampleResponse(t *testing.T) []byte {
	return append(unhex(t, exampleProof), unhex(t, "0101000000000000"+"0000000000000000"+"aaaaaaaaaaaaaaaa"+"00000000"+
		"02000c0044006f006d00610069006e00"+"01000c00530065007200760065007200"+"00000000"+"00000000")...)
}

func TestPublishedExampleIsVerified(t *testing.T) {
	a := &authenticate{user: "User", domain: "Domain", response: exampleResponse(t), sessionKey: unhex(t, exampleSessionKey), flags: exampleFlags}
	nonce := [8]byte(unhex(t, "0123456789abcdef"))
	key, err := a.verify("Password", nonce)
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(key); got != "55555555555555555555555555555555" {
		t.Errorf("session key %s", got)
	}
	if _, err := a.verify("password", nonce); err == nil {
		t.Error("a wrong password was accepted")
	}
}

func TestPublishedExampleIsUnsealed(t *testing.T) {
	key := unhex(t, "55555555555555555555555555555555")
	s := newSealer(key, exampleFlags)
	plain, err := s.Unwrap(unhex(t, exampleSealed), unhex(t, exampleSignature))
	if err != nil || fromUTF16(plain) != "Plaintext" {
		t.Fatalf("%q %v", fromUTF16(plain), err)
	}
	tampered := unhex(t, exampleSealed)
	tampered[3] ^= 1
	if _, err := newSealer(key, exampleFlags).Unwrap(tampered, unhex(t, exampleSignature)); err == nil {
		t.Error("a changed message was accepted")
	}
	if newSealer(key, exampleFlags&^flagSeal) != nil {
		t.Error("sealing without having negotiated it")
	}
}

// TestWrapIsUnwrapped uses a second sealer with swapped directions as the client.
func TestWrapIsUnwrapped(t *testing.T) {
	key := unhex(t, "0123456789abcdef0123456789abcdef")
	for _, flags := range []uint32{exampleFlags, exampleFlags &^ flagKeyExchange} {
		server, client := newSealer(key, flags), newSealer(key, flags)
		client.in, client.out = client.out, client.in
		for _, text := range []string{"one", "", "three"} {
			sealed, signature := server.Wrap([]byte(text))
			plain, err := client.Unwrap(sealed, signature)
			if err != nil || string(plain) != text {
				t.Errorf("flags %#x: %q %v", flags, plain, err)
			}
		}
	}
}
