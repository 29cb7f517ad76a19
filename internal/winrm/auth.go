package winrm

import (
	"net/http"

	"github.com/fedroute/fedroute/internal/remote"
)

// authenticator signs the lanes of one worker in.
type authenticator interface {
	// over puts the sign-in over the one connection of a lane.
	over(w *wire) http.RoundTripper
}

func newAuthenticator(c remote.Credentials, host string) (authenticator, error) {
	switch c.Method {
	case remote.NTLM:
		return ntlmSigner{username: c.Username, password: func() string { return c.Password }}, nil
	case remote.Kerberos:
		return newKerberosSigner(c, host)
	case remote.Certificate:
		return headerSigner{value: func() string { return mutualTLS }}, nil
	default:
		value := basic(c.Username, c.Password)
		return headerSigner{value: func() string { return value }}, nil
	}
}

// mutualTLS says that the TLS client certificate is the sign-in (DSP0226, annex C).
const mutualTLS = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

func basic(username, password string) string {
	request := http.Request{Header: http.Header{}}
	request.SetBasicAuth(username, password)
	return request.Header.Get("Authorization")
}

// headerSigner sends the same Authorization with each request. It is a function so
// that no way of printing shows it.
type headerSigner struct{ value func() string }

func (s headerSigner) over(w *wire) http.RoundTripper { return &headerLane{wire: w, value: s.value} }

type headerLane struct {
	*wire
	value func() string
}

// RoundTrip adds the header.
func (l *headerLane) RoundTrip(request *http.Request) (*http.Response, error) {
	return l.wire.RoundTrip(signed(request, l.value()))
}

// connectionLane signs its connection in once; requests after that go unsigned
// until the host says 401, because the connection was replaced or the host knows
// us no longer.
type connectionLane struct {
	*wire
	// signIn sends the request with what signs the connection in.
	signIn   func(*http.Request) (*http.Response, error)
	signedIn bool
}

// RoundTrip sends the request, signing in first where needed. A host that says
// 401 has not acted on the request, so it may be sent again.
func (l *connectionLane) RoundTrip(request *http.Request) (*http.Response, error) {
	if l.signedIn {
		response, err := l.wire.RoundTrip(signed(request, ""))
		if err != nil || response.StatusCode != http.StatusUnauthorized {
			return response, err
		}
	}
	response, err := l.signIn(request)
	l.signedIn = err == nil && response.StatusCode != http.StatusUnauthorized
	return response, err
}

// signed copies the request from its start, with the authorization.
func signed(request *http.Request, authorization string) *http.Request {
	again := request.Clone(request.Context())
	if request.GetBody != nil {
		// The body is a string in memory: reading it again cannot fail.
		again.Body, _ = request.GetBody()
	}
	if authorization != "" {
		again.Header.Set("Authorization", authorization)
	}
	return again
}
