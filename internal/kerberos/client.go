package kerberos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/krberror"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/fedroute/fedroute/internal/reach"
)

// User is the account that signs in.
type User struct {
	Name     string
	Realm    string // "CONTOSO.COM"
	Password string `json:"-"`
	Keytab   []byte `json:"-"` // the content of a keytab file; used instead of the password when not empty
	// Config is the text of a krb5.conf. When it is empty, the realm's KDCs are found
	// through DNS.
	Config string `json:"-"`
	// Delegate hands a ticket of the user to each service that a context is made with.
	Delegate bool
	// Reach bounds which KDCs are asked: krb5.conf names them.
	Reach *reach.Policy `json:"-"`
	// Now is the clock that decides when tickets have expired; nil means time.Now.
	Now func() time.Time `json:"-"`
}

// String shows user and realm, without password or keytab.
func (u User) String() string { return u.Name + "@" + u.Realm }

// Format keeps the secrets out of every fmt verb.
func (u User) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, u.String()) }

// Client gets tickets for one user and holds them as long as they are valid. It
// replaces the library's client, which renews tickets in goroutines of its own: one
// KDC answer on which the library panics would end the manager. Here a KDC is asked
// only when a caller wants a ticket, in the caller's goroutine. A ticket is not
// renewed; when it has expired, a new one is requested.
type Client struct {
	config   *config.Config
	who      *credentials.Credentials
	delegate bool
	reach    *reach.Policy
	now      func() time.Time
	// held has the valid tickets by the name of their service. A caller takes the map
	// out while it uses it, because waiting for a KDC must be interruptible.
	held chan map[string]ticket
}

// ticket is a service's ticket together with the session key, which only its holder
// knows.
type ticket struct {
	messages.Ticket
	part  messages.EncKDCRepPart // what the KDC says about the ticket
	key   types.EncryptionKey
	since time.Time
	until time.Time
}

// New makes a client and contacts no KDC yet. op and target are those of the fault.
// Fault: Invalid.
func New(op, target string, u User) (*Client, error) {
	settings := config.New()
	settings.LibDefaults.DNSLookupKDC = true
	if u.Config != "" {
		var err error
		if settings, err = ReadConfig(op, target, u.Config); err != nil {
			return nil, err
		}
	}
	who := credentials.New(u.Name, u.Realm).WithPassword(u.Password)
	if len(u.Keytab) > 0 {
		keys, err := ReadKeytab(op, target, u.Keytab)
		if err != nil {
			return nil, err
		}
		who = credentials.New(u.Name, u.Realm).WithKeytab(keys)
	}
	if u.Delegate {
		settings.LibDefaults.Forwardable = true
	}
	c := &Client{config: settings, who: who, delegate: u.Delegate, reach: u.Reach, now: u.Now, held: make(chan map[string]ticket, 1)}
	if c.now == nil {
		c.now = time.Now
	}
	c.held <- map[string]ticket{}
	return c, nil
}

// maxWait bounds the time for one ticket: two exchanges for the user's ticket, and
// one for each realm on the way to the service.
const maxWait = time.Minute

// withTicket gets a valid ticket for a service, such as "HTTP/fe01.contoso.com", and
// makes a token of it with use. use also gets the ticket to hand over, in a KRB-CRED
// message, or nil. Faults: see explain.
func withTicket(ctx context.Context, c *Client, service string, use func(t ticket, credential []byte) ([]byte, error)) ([]byte, error) {
	token, err := unharmed(func() ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, maxWait)
		defer cancel()
		var held map[string]ticket
		select {
		case held = <-c.held:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		defer func() { c.held <- held }()
		got, err := c.ticket(ctx, held, service)
		if err != nil {
			return nil, err
		}
		credential, err := c.credential(ctx, held, got)
		if err != nil {
			return nil, err
		}
		return use(got, credential)
	})
	if err != nil {
		return nil, explain(err)
	}
	return token, nil
}

// loggedIn gives the user's ticket for the KDC: the held one, or a new one where that can
// no longer be used.
func (c *Client) loggedIn(ctx context.Context, held map[string]ticket) (ticket, error) {
	if t := held[krbtgt]; c.good(t) {
		return t, nil
	}
	t, err := c.logIn(ctx)
	if err != nil {
		return ticket{}, err
	}
	held[krbtgt] = t
	return t, nil
}

func (c *Client) ticket(ctx context.Context, held map[string]ticket, service string) (ticket, error) {
	if t := held[service]; c.good(t) {
		return t, nil
	}
	home := c.who.Domain()
	mine, err := c.loggedIn(ctx, held)
	if err != nil {
		return ticket{}, err
	}
	delete(held, krbtgt) // held again when the KDC has taken it
	tgt := mine
	name := types.NewPrincipalName(nametype.KRB_NT_PRINCIPAL, service)
	realm := c.config.ResolveRealm(name.NameString[len(name.NameString)-1])
	if realm != "" && realm != home {
		abroad, err := c.grant(ctx, tgt, home, ticketGranter(realm))
		if err != nil {
			return ticket{}, err
		}
		tgt, home = abroad, realm
	}
	got, err := c.grant(ctx, tgt, home, name)
	if err == nil || errors.Is(explain(err), ErrNoSuchService) {
		held[krbtgt] = mine
	}
	if err != nil {
		return ticket{}, err
	}
	held[service] = got
	return got, nil
}

// good reports whether a ticket can still be used. It keeps a sixth of the ticket's
// life in reserve, for the way to the service and for clocks that differ.
func (c *Client) good(t ticket) bool {
	return t.until.Sub(c.now()) > t.until.Sub(t.since)/6
}

// unharmed turns a panic of the library, which an answer can cause, into an error.
// The error does not contain the panic's value, because that may quote a key.
func unharmed(f func() ([]byte, error)) (token []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = krberror.NewErrorf(krberror.EncodingError, "panic of %T", p)
		}
	}()
	return f()
}
