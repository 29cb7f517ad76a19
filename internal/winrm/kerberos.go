package winrm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos"
	"github.com/fedroute/fedroute/internal/reach"
	"github.com/fedroute/fedroute/internal/remote"
)

const opSignIn = "sign in at"

// kerberosSigner signs in with one Kerberos client per worker. All connections of
// the worker share the client's tickets as long as these are valid.
type kerberosSigner struct {
	client *kerberos.Client
	// principals are the names of the host's service that are left to try. The first
	// connection that is signed in leaves only the one that fits.
	principals atomic.Pointer[[]string]
}

// newKerberosSigner makes a signer for a host. Without a principal in the endpoint it
// tries HTTP/, the name that Windows' own client uses, and then WSMAN/. HTTP/ fails
// where an account of a web application owns that name, as Lync's own does on a
// Standard Edition server.
func newKerberosSigner(c remote.Credentials, host string, at remote.Endpoint, within *reach.Policy) (authenticator, error) {
	k := c.Kerberos
	held, err := kerberos.New(opSignIn, host, kerberos.User{Name: c.Username, Realm: k.Realm, Password: c.Password, Keytab: k.Keytab, Config: k.Krb5Conf, Delegate: at.Delegate, Reach: within})
	if err != nil {
		return nil, err
	}
	s := &kerberosSigner{client: held}
	names := []string{"HTTP/" + host, "WSMAN/" + host}
	if at.SPN != "" {
		names = []string{at.SPN}
	}
	s.principals.Store(&names)
	return s, nil
}

func (s *kerberosSigner) over(w *wire) http.RoundTripper { return overConnection(w, s) }

// signIn tries the principals in turn. A host that cannot read a ticket answers 401.
func (s *kerberosSigner) signIn(w *wire, request *http.Request) (entry, error) {
	names := *s.principals.Load()
	var refused *http.Response
	var unknown error // to the KDC
	for i, name := range names {
		made, err := s.as(name, w, request)
		switch {
		case errors.Is(err, kerberos.ErrNoSuchService):
			unknown = cmp.Or(unknown, err)
		case err != nil:
			return entry{}, err
		case made.response.StatusCode == http.StatusUnauthorized:
			refused = cmp.Or(refused, made.response)
		default:
			fits := names[i : i+1]
			s.principals.Store(&fits)
			return made, nil
		}
	}
	if refused == nil {
		return entry{}, unknown
	}
	cause, next := kerberos.Refusal(negotiateToken(refused))
	return entry{}, &ticketRefusedError{statusError{status: refused.StatusCode, offers: refused.Header.Values("WWW-Authenticate"), ticket: true}, names, cause, next}
}

// as signs in with a ticket for one principal.
func (s *kerberosSigner) as(name string, w *wire, request *http.Request) (entry, error) {
	on, err := w.reach(request.Context(), request.URL.Host)
	if err != nil {
		return entry{}, err
	}
	terms := kerberos.Terms{Negotiate: true, Mutual: w.config == nil, Binding: on.binding}
	g, token, err := s.client.Initiate(request.Context(), name, terms)
	if err != nil {
		if request.Context().Err() != nil {
			return entry{}, &neverSentError{context.Cause(request.Context())}
		}
		if f, ok := errors.AsType[*fault.Error](err); ok {
			f.Cause += " (Kerberos ticket for " + name + ")"
		}
		return entry{}, &neverSentError{err}
	}
	response, err := w.roundTrip(signed(request, negotiateHeader(token)), on.number)
	if err != nil || !terms.Mutual || response.StatusCode != http.StatusOK {
		return entry{response: response, on: on}, err
	}
	if err := g.Finish(negotiateToken(response)); err != nil {
		return entry{}, &neverSentError{fmt.Errorf("the host does not prove that it is %s", name)}
	}
	if err := g.Seals(); err != nil {
		return entry{}, &neverSentError{err}
	}
	return entry{response, g, on}, nil
}

// ticketRefusedError is a 401 for tickets that the KDC gave.
type ticketRefusedError struct {
	statusError
	names       []string
	cause, next string // "" when the host does not say why
}

func (e *ticketRefusedError) Error() string {
	text := "the host accepts no Kerberos ticket for " + strings.Join(e.names, " or ")
	if e.cause != "" {
		text += ": " + e.cause
	}
	return text
}

func (e *ticketRefusedError) Unwrap() error { return &e.statusError }
