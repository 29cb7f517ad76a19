package winrm

import (
	"net/http"

	"github.com/fedroute/fedroute/internal/remote"
)

// authenticator makes the sign-in for the lanes of one worker.
type authenticator interface {
	// over puts the sign-in over the one connection of a lane.
	over(w *wire) http.RoundTripper
}

func newAuthenticator(c remote.Credentials, host, spn string) (authenticator, error) {
	switch c.Method {
	case remote.NTLM:
		return ntlmSigner{username: c.Username, password: func() string { return c.Password }}, nil
	case remote.Kerberos:
		return newKerberosSigner(c, host, spn)
	case remote.Certificate:
		return headerSigner{value: func() string { return mutualTLS }}, nil
	default:
		value := basic(c.Username, c.Password)
		return headerSigner{value: func() string { return value }}, nil
	}
}

// mutualTLS names the sign-in by the TLS client certificate alone (DSP0226, annex
// C).
const mutualTLS = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

func basic(username, password string) string {
	request := http.Request{Header: http.Header{}}
	request.SetBasicAuth(username, password)
	return request.Header.Get("Authorization")
}

// headerSigner sends the same Authorization header with each request. The header is
// behind a function so that printing the struct never shows it.
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

// connectionLane signs its connection in once. Later requests carry no sign-in until
// the host answers 401, because the connection was replaced or the host has
// forgotten the sign-in.
type connectionLane struct {
	*wire
	// signIn sends the request together with the messages that sign the connection
	// in.
	signIn   func(*http.Request) (*http.Response, error)
	signedIn bool
}

// RoundTrip sends the request, and signs in first where needed. A host that answers
// 401 has not acted on the request, so the request may be sent again.
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

// signed copies the request, with its body from the start, and adds the
// Authorization header.
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
