package rfc2136

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// Algorithm is a TSIG algorithm by its name in RFC 8945. Weaker algorithms (MD5,
// SHA-1) are not offered.
type Algorithm string

const (
	HMACSHA256 Algorithm = "hmac-sha256"
	HMACSHA384 Algorithm = "hmac-sha384"
	HMACSHA512 Algorithm = "hmac-sha512"
)

// TSIG is a shared key (RFC 8945).
type TSIG struct {
	Name      string    // as in the server's configuration
	Algorithm Algorithm // "" means hmac-sha256
	Secret    string    `json:"-"` // base64; never shown
}

// String shows the key without its secret.
func (t TSIG) String() string { return fmt.Sprintf("%s (%s)", t.Name, t.Algorithm) }

// Format keeps the secret out of every verb.
func (t TSIG) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// Signer signs updates and verifies the replies. HMAC and GSS make one.
type Signer interface {
	// key gives the key that signs the next message. Where the method needs it, key
	// first agrees on one with the server. Faults: Unreachable, Denied, Invalid.
	key(ctx context.Context, c Config) (signingKey, error)
	// Close forgets the keys that were agreed with servers.
	Close() error
}

// signingKey is the key that signs one message.
type signingKey struct {
	name      string // fully qualified
	algorithm string // fully qualified
	provider  mdns.TsigProvider
	forget    func() // not nil: drops a key that the server has forgotten; a new one is agreed next time
}

type hmacSigner struct{ signingKey }

// HMAC makes a Signer of a shared key. Fault: Invalid.
func HMAC(t TSIG) (Signer, error) {
	if t.Algorithm == "" {
		t.Algorithm = HMACSHA256
	}
	switch t.Algorithm {
	case HMACSHA256, HMACSHA384, HMACSHA512:
	default:
		return nil, invalidKey(t, "its algorithm is not offered", "use hmac-sha256, hmac-sha384 or hmac-sha512")
	}
	if err := dns.CheckName(t.Name); err != nil {
		return nil, invalidKey(t, "its name is no domain name", "use the key's name as the server has it")
	}
	secret, said := fault.OfSecret(func() ([]byte, error) { return base64.StdEncoding.DecodeString(t.Secret) })
	if said != nil || len(secret) == 0 {
		return nil, invalidKey(t, "its secret is not base64", "store the secret as tsig-keygen prints it")
	}
	return hmacSigner{signingKey{
		name:      mdns.Fqdn(dns.Canonical(t.Name)),
		algorithm: mdns.Fqdn(string(t.Algorithm)),
		provider:  hmacProvider(func() []byte { return secret }),
	}}, nil
}

func (h hmacSigner) key(context.Context, Config) (signingKey, error) { return h.signingKey, nil }

func (h hmacSigner) Close() error { return nil }

func invalidKey(t TSIG, cause, next string) error {
	return fault.New(fault.Invalid, "use TSIG key", t.String(), cause).With("no record can be changed", next)
}
