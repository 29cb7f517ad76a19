package dns

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"

	mdns "github.com/miekg/dns"
)

// Key is a TSIG key that the servers accept, with the records that it may change.
type Key struct {
	Name      string `json:"name"`
	Algorithm string `json:"algorithm"` // hmac-sha256 (default), hmac-sha384 or hmac-sha512
	Secret    string `json:"secret"`    // base64
	// Domains are the names at and below which the key may change records. None
	// means everything.
	Domains []string `json:"domains,omitempty"`
	// Types are the record types that it may change. None means all.
	Types []string `json:"types,omitempty"`
}

// check brings the key into the form that Authority keeps.
func (k Key) check() (Key, error) {
	if k.Algorithm == "" {
		k.Algorithm = "hmac-sha256"
	}
	k.Name, k.Algorithm = mdns.CanonicalName(k.Name), mdns.CanonicalName(k.Algorithm)
	switch k.Algorithm {
	case mdns.HmacSHA256, mdns.HmacSHA384, mdns.HmacSHA512:
	default:
		return k, fmt.Errorf("key %s: algorithm %s is not simulated", k.Name, k.Algorithm)
	}
	if _, err := base64.StdEncoding.DecodeString(k.Secret); err != nil || k.Secret == "" {
		return k, fmt.Errorf("key %s: the secret is not base64", k.Name)
	}
	return k, nil
}

// mayChange is the update policy. As in BIND, each existing set or record that an
// update would remove is checked. So every key may delete what does not exist.
func (k Key) mayChange(rr mdns.RR, v *version) bool {
	h := rr.Header()
	own := v.names[mdns.CanonicalName(h.Name)]
	if h.Class == mdns.ClassANY && h.Rrtype == mdns.TypeANY {
		for rrtype := range own {
			if !k.grants(h.Name, rrtype) {
				return false
			}
		}
		return true
	}
	isTargeted := h.Rrtype == mdns.TypeSRV || h.Rrtype == mdns.TypePTR // policies can check their targets
	same := func(old mdns.RR) bool { return h.Class == mdns.ClassANY || sameValue(old, rr) }
	if h.Class != mdns.ClassINET && isTargeted && !slices.ContainsFunc(own[h.Rrtype], same) {
		return true
	}
	return k.grants(h.Name, h.Rrtype)
}

func (k Key) grants(name string, rrtype uint16) bool {
	inDomain := func(domain string) bool { return mdns.IsSubDomain(mdns.CanonicalName(domain), name) }
	return (len(k.Domains) == 0 || slices.ContainsFunc(k.Domains, inDomain)) &&
		(len(k.Types) == 0 || slices.Contains(k.Types, mdns.TypeToString[rrtype]))
}

// keyring signs and verifies with the keys of an Authority.
type keyring struct{ authority *Authority }

var _ mdns.TsigProvider = keyring{}

// Generate computes the MAC of a message with the key that t names. The error is
// mdns.ErrSecret for an unknown key, and for a key with another algorithm.
func (r keyring) Generate(message []byte, t *mdns.TSIG) ([]byte, error) {
	r.authority.mu.Lock()
	key, ok := r.authority.keys[mdns.CanonicalName(t.Hdr.Name)]
	r.authority.mu.Unlock()
	if !ok || key.Algorithm != mdns.CanonicalName(t.Algorithm) {
		return nil, mdns.ErrSecret
	}
	secret, err := base64.StdEncoding.DecodeString(key.Secret)
	if err != nil {
		return nil, err
	}
	sum := map[string]func() hash.Hash{
		mdns.HmacSHA256: sha256.New, mdns.HmacSHA384: sha512.New384, mdns.HmacSHA512: sha512.New,
	}[key.Algorithm]
	mac := hmac.New(sum, secret)
	mac.Write(message)
	return mac.Sum(nil), nil
}

// Verify checks a MAC. The error for a wrong one is mdns.ErrSig.
func (r keyring) Verify(message []byte, t *mdns.TSIG) error {
	want, err := r.Generate(message, t)
	if err != nil {
		return err
	}
	got, err := hex.DecodeString(t.MAC)
	if err != nil || !hmac.Equal(want, got) {
		return mdns.ErrSig
	}
	return nil
}

// SetKey adds a key, or replaces the key with its name.
func (a *Authority) SetKey(k Key) error {
	k, err := k.check()
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keys[k.Name] = k
	return nil
}

// RemoveKey removes a key.
func (a *Authority) RemoveKey(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.keys, mdns.CanonicalName(name))
}

func (a *Authority) key(name string) Key {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.keys[mdns.CanonicalName(name)]
}
