package wsman

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/wsman/ntlm"
)

// Acceptor checks the Kerberos tokens of Negotiate.
type Acceptor interface {
	// Accept checks a token in SPNEGO or bare Kerberos form.
	Accept(token []byte) (Ticket, error)
}

// Ticket describes the sender of a Kerberos token.
type Ticket struct {
	User, Realm string
	Until       time.Time // when the logon ends
	Reply       []byte    // the token that proves the server to the client
	Forwarded   bool      // the client forwarded a ticket-granting ticket, too
	Binding     []byte    // the channel binding of the client; nil: none
	Sealer      Sealer    // encrypts the messages of the connection
}

// BindingLevel says whether a logon by Negotiate over HTTPS must have a channel
// binding, as Service/Auth/CbtHardeningLevel does.
type BindingLevel string

// The levels of channel binding. Relaxed is the default.
const (
	BindingRelaxed BindingLevel = "Relaxed" // checked when it is there
	BindingStrict  BindingLevel = "Strict"  // must be there
	BindingNone    BindingLevel = "None"
)

// challenge answers the first message of an NTLM logon.
func (s *Server) challenge(sess *session, w http.ResponseWriter, scheme string, token []byte) {
	sess.forget()
	h := &ntlm.Handshake{Host: ntlm.Host{Name: s.cfg.Machine, Domain: s.cfg.Domain}, Now: s.cfg.Clock.Now}
	if s.cfg.Transport != PlainHTTP && s.cfg.ChannelBinding != BindingNone {
		h.ChannelBinding = s.binding
		h.BindingRequired = s.cfg.ChannelBinding == BindingStrict
	}
	reply, err := h.Challenge(token)
	if err != nil {
		s.invite(w)
		return
	}
	sess.handshake = h
	w.Header().Set("WWW-Authenticate", scheme+" "+base64.StdEncoding.EncodeToString(reply))
}

// negotiate handles the last message of an NTLM logon, or the only one of Kerberos.
// The logon lasts as long as the connection; a Kerberos logon also ends with its
// ticket.
func (s *Server) negotiate(sess *session, w http.ResponseWriter, token []byte) (Account, bool) {
	if !ntlm.Is(token) {
		return s.kerberos(sess, w, token)
	}
	if sess.handshake == nil {
		return Account{}, false
	}
	var account Account
	id, err := sess.handshake.Authenticate(token, func(user, domain string) (string, bool) {
		if domain == "" {
			user, domain = splitName(user)
		}
		a, ok := s.cfg.Accounts.Lookup(user, domain)
		account = a
		return a.Password, ok
	})
	if err != nil {
		return Account{}, false
	}
	sess.handshake, sess.account = nil, &account
	if id.Sealer != nil {
		sess.sealer = id.Sealer
	}
	return account, true
}

func (s *Server) kerberos(sess *session, w http.ResponseWriter, token []byte) (Account, bool) {
	if s.cfg.Kerberos == nil {
		return Account{}, false
	}
	ticket, err := s.cfg.Kerberos.Accept(token)
	if len(ticket.Reply) > 0 {
		w.Header().Set("WWW-Authenticate", "Negotiate "+base64.StdEncoding.EncodeToString(ticket.Reply))
	}
	if err != nil || !s.bound(ticket.Binding) {
		return Account{}, false
	}
	account, ok := s.cfg.Accounts.Lookup(ticket.User, ticket.Realm)
	if !ok {
		return Account{}, false
	}
	if ticket.Forwarded {
		account.SignIn = identity.ForwardedTicket
	}
	sess.account, sess.until, sess.sealer = &account, ticket.Until, ticket.Sealer
	return account, true
}

// bound reports whether a Kerberos logon may come over this server's channel, given
// the binding of the client.
func (s *Server) bound(binding []byte) bool {
	switch {
	case s.cfg.Transport == PlainHTTP, s.cfg.ChannelBinding == BindingNone:
		return true
	case binding == nil:
		return s.cfg.ChannelBinding != BindingStrict
	}
	return bytes.Equal(binding, s.binding)
}

// bindingOf is the channel binding of connections with this certificate.
func bindingOf(der [][]byte) []byte {
	if len(der) == 0 {
		return nil
	}
	cert, err := x509.ParseCertificate(der[0])
	if err != nil {
		return nil
	}
	return ntlm.ServerEndPoint(cert)
}
