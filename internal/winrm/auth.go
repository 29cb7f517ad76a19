package winrm

import (
	"net/http"

	"github.com/fedroute/fedroute/internal/reach"
	"github.com/fedroute/fedroute/internal/remote"
)

// authenticator makes the sign-in for the lanes of one worker.
type authenticator interface {
	// over puts the sign-in over the one connection of a lane.
	over(w *wire) http.RoundTripper
}

func newAuthenticator(c remote.Credentials, host string, at remote.Endpoint, within *reach.Policy) (authenticator, error) {
	switch c.Method {
	case remote.NTLM:
		return ntlmSigner{username: c.Username, password: func() string { return c.Password }}, nil
	case remote.Kerberos:
		return newKerberosSigner(c, host, at, within)
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

// mechanism signs a connection in.
type mechanism interface {
	// signIn sends the request together with the messages that sign the connection
	// in.
	signIn(w *wire, request *http.Request) (entry, error)
}

// entry is how a sign-in ended.
type entry struct {
	response *http.Response // 401 when the host did not accept the sign-in
	keys     sealer         // of the sign-in; may be nil inside TLS
	on       channel        // the connection that was signed in
}

// overConnection gives the lane for a mechanism: inside TLS the connection is signed
// in, and without TLS every message is sealed as well.
func overConnection(w *wire, m mechanism) http.RoundTripper {
	if w.config == nil {
		return &sealedLane{wire: w, mechanism: m}
	}
	return &connectionLane{wire: w, mechanism: m}
}

// connectionLane signs its connection in once. Later requests carry no sign-in until
// the host answers 401, because the connection was replaced or the host has
// forgotten the sign-in.
type connectionLane struct {
	*wire
	mechanism mechanism
	signedIn  bool
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
	made, err := l.mechanism.signIn(l.wire, request)
	l.signedIn = err == nil && made.response.StatusCode != http.StatusUnauthorized
	return made.response, err
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
