package winrm

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bodgit/ntlmssp"

	"github.com/fedroute/fedroute/internal/fault"
)

// ntlmSigner signs in with NTLMv2. The library makes the messages; its HTTP client is
// not used. The password is behind a function so that printing the struct never shows
// it.
type ntlmSigner struct {
	username string
	password func() string
}

func (s ntlmSigner) over(w *wire) http.RoundTripper { return overConnection(w, s) }

// signIn sends the three messages of the handshake on the connection.
func (s ntlmSigner) signIn(w *wire, request *http.Request) (entry, error) {
	on, err := w.reach(request.Context(), request.URL.Host)
	if err != nil {
		return entry{}, err
	}
	user, domain := s.username, ""
	if before, after, ok := strings.Cut(s.username, `\`); ok {
		user, domain = after, before
	}
	handshake, said := fault.OfSecret(func() (*ntlmssp.Client, error) {
		return ntlmssp.NewClient(ntlmssp.SetUserInfo(user, s.password()), ntlmssp.SetDomain(domain))
	})
	if said != nil {
		return entry{}, &neverSentError{said}
	}
	response, err := s.negotiate(handshake, w, request, on)
	if err != nil {
		return entry{}, err
	}
	challenge := negotiateToken(response)
	if response.StatusCode != http.StatusUnauthorized || challenge == nil {
		return entry{response: response, on: on}, nil
	}
	if err := protects(challenge); err != nil && w.config == nil {
		return entry{}, &neverSentError{err}
	}
	token, said := fault.OfSecret(func() ([]byte, error) { return handshake.Authenticate(challenge, bindings(on)) })
	if said != nil {
		return entry{}, &neverSentError{fmt.Errorf("the host's NTLM challenge cannot be answered: %w", said)}
	}
	response, err = w.roundTrip(signed(request, negotiateHeader(token)), on.number)
	return entry{response, ntlmKeys{handshake.SecuritySession()}, on}, err
}

// negotiate asks the host for a challenge, with an empty body. The envelope is sent
// only once the host knows who sends it.
func (s ntlmSigner) negotiate(handshake *ntlmssp.Client, w *wire, request *http.Request, on channel) (*http.Response, error) {
	token, err := handshake.Authenticate(nil, nil)
	if err != nil {
		return nil, &neverSentError{err}
	}
	ask := withoutBody(request)
	ask.Header.Set("Authorization", negotiateHeader(token))
	return w.roundTrip(ask, on.number)
}

func bindings(on channel) *ntlmssp.ChannelBindings {
	if on.binding == nil {
		return nil
	}
	return &ntlmssp.ChannelBindings{ApplicationData: on.binding}
}

// protects checks that messages will be sealed with keys of full length, whoever wrote
// the challenge: the library seals only where the challenge agrees (MS-NLMP 2.2.2.5).
func protects(challenge []byte) error {
	const (
		sign, seal      = 1 << 4, 1 << 5
		extended        = 1 << 19
		full, exchanged = 1 << 29, 1 << 30
		wanted          = sign | seal | extended | full | exchanged
	)
	const at = 20 // octets before the flags
	if len(challenge) < at+4 || binary.LittleEndian.Uint32(challenge[at:])&wanted != wanted {
		return errors.New("the host's NTLM challenge does not agree to sealed messages")
	}
	return nil
}

// ntlmKeys seals with the library's session.
type ntlmKeys struct{ session *ntlmssp.SecuritySession }

// Wrap seals a message.
func (k ntlmKeys) Wrap(message []byte) (sealed, signature []byte, err error) {
	return k.session.Wrap(message)
}

// Unwrap opens a message. The library panics on a short signature.
func (k ntlmKeys) Unwrap(sealed, signature []byte) ([]byte, error) {
	if len(signature) != minSignature {
		return nil, errors.New("the signature is not one of NTLM")
	}
	return k.session.Unwrap(sealed, signature)
}

func negotiateHeader(token []byte) string {
	return "Negotiate " + base64.StdEncoding.EncodeToString(token)
}

// negotiateToken is the token that the host sends for the sign-in, nil when there is
// none.
func negotiateToken(response *http.Response) []byte {
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
