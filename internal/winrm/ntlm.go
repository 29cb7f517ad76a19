package winrm

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/Azure/go-ntlmssp"

	"github.com/fedroute/fedroute/internal/fault"
)

// ntlmSigner signs in with NTLMv2. The library makes the messages. The library's
// Negotiator is not used: when the connection is lost in the middle of the
// handshake, it returns the 401 before that, which would read as a wrong password.
// The password is behind a function so that printing the struct never shows it.
type ntlmSigner struct {
	username string
	password func() string
}

func (s ntlmSigner) over(w *wire) http.RoundTripper {
	return &connectionLane{wire: w, signIn: func(request *http.Request) (*http.Response, error) {
		return s.signIn(w, request)
	}}
}

// signIn sends the three messages of the handshake on the lane's connection.
func (s ntlmSigner) signIn(w *wire, request *http.Request) (*http.Response, error) {
	response, err := negotiate(w, request)
	if err != nil {
		return nil, err
	}
	challenge := negotiateToken(response)
	if challenge == nil {
		return response, nil
	}
	token, said := fault.OfSecret(func() ([]byte, error) {
		return ntlmssp.NewAuthenticateMessage(challenge, s.username, s.password(), nil)
	})
	if said != nil {
		return nil, &neverSentError{fmt.Errorf("the host's NTLM challenge cannot be answered: %w", said)}
	}
	return w.RoundTrip(signed(request, negotiateHeader(token)))
}

// negotiate asks the host for a challenge, with an empty body. The envelope is sent
// only once the host knows who sends it.
func negotiate(w *wire, request *http.Request) (*http.Response, error) {
	token, err := ntlmssp.NewNegotiateMessage("", "")
	if err != nil {
		return nil, &neverSentError{err}
	}
	ask := request.Clone(request.Context())
	ask.Body, ask.GetBody, ask.ContentLength = http.NoBody, nil, 0
	ask.Header.Set("Authorization", negotiateHeader(token))
	return w.RoundTrip(ask)
}

func negotiateHeader(token []byte) string {
	return "Negotiate " + base64.StdEncoding.EncodeToString(token)
}

// negotiateToken is the token that a 401 carries for the next message, nil when
// there is none.
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
