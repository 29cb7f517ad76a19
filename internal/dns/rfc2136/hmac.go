package rfc2136

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"strings"

	mdns "github.com/miekg/dns"
)

// hmacProvider computes and checks the MAC of a TSIG record with a shared secret. It
// is a function so that printing it never shows the secret.
type hmacProvider func() []byte

var _ mdns.TsigProvider = hmacProvider(nil)

// Generate computes the MAC with the record's algorithm.
func (secret hmacProvider) Generate(message []byte, t *mdns.TSIG) ([]byte, error) {
	var sum func() hash.Hash
	switch Algorithm(strings.ToLower(strings.TrimSuffix(t.Algorithm, "."))) {
	case HMACSHA256:
		sum = sha256.New
	case HMACSHA384:
		sum = sha512.New384
	case HMACSHA512:
		sum = sha512.New
	default:
		return nil, mdns.ErrKeyAlg
	}
	mac := hmac.New(sum, secret())
	mac.Write(message)
	return mac.Sum(nil), nil
}

// Verify compares in constant time.
func (secret hmacProvider) Verify(message []byte, t *mdns.TSIG) error {
	want, err := secret.Generate(message, t)
	if err != nil {
		return err
	}
	got, err := hex.DecodeString(t.MAC)
	if err != nil || !hmac.Equal(want, got) {
		return mdns.ErrSig
	}
	return nil
}
