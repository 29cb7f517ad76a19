package rfc2136

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos"
	"github.com/fedroute/fedroute/internal/reach"
)

// Kerberos is the account that signs updates with GSS-TSIG (RFC 3645), as Active
// Directory's secure dynamic updates require.
type Kerberos struct {
	Realm    string // "CONTOSO.COM"
	Username string
	Password string `json:"-"` // never shown
	Keytab   []byte `json:"-"` // the content of a keytab file; used instead of the password when not empty
	// Config is the text of a krb5.conf, which must name the realm's KDCs. When it is
	// empty, they are found through DNS.
	Config string `json:"-"`
	// Host is the DNS server's own name, as in its principal DNS/<host>. When it is
	// empty, the host of Config.Server is used. When that is an IP address, it is the
	// primary that the zone's SOA record names.
	Host string
	// Reach bounds which KDCs are asked.
	Reach *reach.Policy `json:"-"`
}

// String shows user and realm, without password or keytab.
func (k Kerberos) String() string { return k.Username + "@" + k.Realm }

// Format keeps the secrets out of every verb.
func (k Kerberos) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// renewBefore is how long before its end a context is replaced.
const renewBefore = time.Minute

// gssSigner agrees on a context with the server and keeps it until it expires,
// because logging in and agreeing take up to three round trips.
type gssSigner struct {
	begin func(ctx context.Context, principal string) (initiator, []byte, error)
	host  string

	mu     sync.Mutex
	agreed *gssContext // nil: none yet
}

// GSS makes a Signer of Kerberos credentials. It contacts no server yet. Fault:
// Invalid.
func GSS(k Kerberos) (Signer, error) {
	switch {
	case k.Realm == "" || k.Username == "":
		return nil, invalidKerberos(k, "realm or user name is missing", "give both, the realm in capitals")
	case k.Password == "" && len(k.Keytab) == 0:
		return nil, invalidKerberos(k, "there is neither password nor keytab", "put one of them into the secret")
	case strings.ContainsFunc(k.Realm, unicode.IsSpace):
		return nil, invalidKerberos(k, "the realm has a blank in it", "write it like CONTOSO.COM")
	case k.Config != "" && !strings.Contains(k.Config, "[realms]") && !strings.Contains(k.Config, "dns_lookup_kdc"):
		return nil, invalidKerberos(k, "krb5.conf does not say where the realm's KDCs are", "add a [realms] section with kdc = host:port")
	}
	// Reading here what each sign-in will read reports bad credentials before any
	// server is contacted.
	if _, err := kerberos.New(opUseKerberos, k.String(), k.user()); err != nil {
		return nil, err
	}
	if k.Host != "" {
		if err := dns.CheckName(k.Host); err != nil {
			return nil, err
		}
	}
	return &gssSigner{host: k.Host, begin: func(ctx context.Context, principal string) (initiator, []byte, error) {
		return begin(ctx, k, principal)
	}}, nil
}

const opUseKerberos = "use Kerberos credentials"

func invalidKerberos(k Kerberos, cause, next string) error {
	return fault.New(fault.Invalid, opUseKerberos, k.String(), cause).With("no record can be changed", next)
}

// key gives the key of the agreed context, and agrees on a new context where needed.
func (s *gssSigner) key(ctx context.Context, c Config) (signingKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.agreed != nil && c.Now().Before(s.agreed.expires.Add(-renewBefore)) {
		return s.agreed.key(s), nil
	}
	s.agreed = nil
	host, err := s.serverName(ctx, c)
	if err != nil {
		return signingKey{}, err
	}
	agreed, err := contain.Value("negotiate Kerberos with", c.Server, func() (*gssContext, error) {
		return agree(ctx, c, host, s)
	})
	if err != nil {
		return signingKey{}, err
	}
	s.agreed = agreed
	return agreed.key(s), nil
}

// forget drops a context that the server no longer knows, unless it was dropped already.
func (s *gssSigner) forget(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.agreed != nil && s.agreed.name == name {
		s.agreed = nil
	}
}

// Close forgets the context. Tickets are kept only during a negotiation.
func (s *gssSigner) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agreed = nil
	return nil
}
