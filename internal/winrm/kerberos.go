package winrm

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos"
	"github.com/fedroute/fedroute/internal/remote"
)

const opSignIn = "sign in at"

// kerberosSigner signs in with one Kerberos client per worker. All connections of
// the worker share the client's tickets as long as these are valid.
type kerberosSigner struct {
	spn    string
	client *kerberos.Client
}

func newKerberosSigner(c remote.Credentials, host, spn string) (authenticator, error) {
	k := c.Kerberos
	held, err := kerberos.New(opSignIn, host, kerberos.User{Name: c.Username, Realm: k.Realm, Password: c.Password, Keytab: k.Keytab, Config: k.Krb5Conf})
	if err != nil {
		return nil, err
	}
	return &kerberosSigner{spn: cmp.Or(spn, "HTTP/"+host), client: held}, nil
}

func (s *kerberosSigner) over(w *wire) http.RoundTripper {
	return &connectionLane{wire: w, signIn: func(request *http.Request) (*http.Response, error) {
		token, err := s.token(request.Context())
		if err != nil {
			return nil, &neverSentError{err}
		}
		return w.RoundTrip(signed(request, negotiateHeader(token)))
	}}
}

// token makes a fresh SPNEGO token from the held ticket.
func (s *kerberosSigner) token(ctx context.Context) ([]byte, error) {
	token, err := s.client.SPNEGO(ctx, s.spn)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		f.Cause += " (Kerberos ticket for " + s.spn + ")"
	}
	return token, err
}
