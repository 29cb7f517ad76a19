package winrm

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/Azure/go-ntlmssp"
)

// ntlmSigner signs in with NTLMv2. The messages are the library's; its
// Negotiator is not used because it hides a connection lost in mid handshake
// behind the 401 before it, which would read as a wrong password.
type ntlmSigner struct{ username, password string }

func (s ntlmSigner) over(w *wire) http.RoundTripper { return &ntlmLane{wire: w, signer: s} }
func (ntlmSigner) close()                           {}

// ntlmLane signs its connection in once; requests after that go unsigned until
// the host says 401, because the connection was replaced.
type ntlmLane struct {
	*wire
	signer   ntlmSigner
	signedIn bool
}

// RoundTrip sends the request, signing in first where needed. A host that says
// 401 has not acted on the request, so it may be sent again.
func (l *ntlmLane) RoundTrip(request *http.Request) (*http.Response, error) {
	if l.signedIn {
		response, err := l.wire.RoundTrip(signed(request, ""))
		if err != nil || response.StatusCode != http.StatusUnauthorized {
			return response, err
		}
		l.signedIn = false
	}
	response, err := l.negotiate(request)
	if err != nil {
		return nil, err
	}
	challenge := negotiateToken(response)
	if challenge == nil {
		return response, nil
	}
	token, err := ntlmssp.NewAuthenticateMessage(challenge, l.signer.username, l.signer.password, nil)
	if err != nil {
		return nil, &neverSentError{fmt.Errorf("NTLM challenge: %w", err)}
	}
	response, err = l.wire.RoundTrip(signed(request, negotiateHeader(token)))
	l.signedIn = err == nil && response.StatusCode != http.StatusUnauthorized
	return response, err
}

// negotiate asks for a challenge, with an empty body: the envelope goes out once
// the host knows who sends it.
func (l *ntlmLane) negotiate(request *http.Request) (*http.Response, error) {
	token, err := ntlmssp.NewNegotiateMessage("", "")
	if err != nil {
		return nil, &neverSentError{err}
	}
	ask := request.Clone(request.Context())
	ask.Body, ask.GetBody, ask.ContentLength = http.NoBody, nil, 0
	ask.Header.Set("Authorization", negotiateHeader(token))
	return l.wire.RoundTrip(ask)
}

func negotiateHeader(token []byte) string {
	return "Negotiate " + base64.StdEncoding.EncodeToString(token)
}

// negotiateToken is what a 401 carries for the next leg, nil for none.
func negotiateToken(response *http.Response) []byte {
	if response.StatusCode != http.StatusUnauthorized {
		return nil
	}
	for _, offer := range response.Header.Values("WWW-Authenticate") {
		scheme, text, _ := strings.Cut(offer, " ")
		if !strings.EqualFold(scheme, "Negotiate") {
			continue
		}
		if token, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text)); err == nil && len(token) > 0 {
			return token
		}
	}
	return nil
}
