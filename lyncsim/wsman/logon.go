package wsman

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman/ntlm"
)

// Method is a way to log on.
type Method string

// The ways to log on that a machine can offer.
const (
	Basic       Method = "Basic"       // accounts of the machine only
	Negotiate   Method = "Negotiate"   // NTLM, and Kerberos when there is an Acceptor
	Kerberos    Method = "Kerberos"    // Negotiate where a policy denies incoming NTLM
	Certificate Method = "Certificate" // TLS client certificate
)

// mutualTLS is the authorization scheme of a client certificate (DSP0226).
const mutualTLS = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

// offers reports whether the machine is configured for a method and the method works
// with its transport.
func (s *Server) offers(m Method) bool {
	if s.cfg.Transport == PlainHTTP && (m == Certificate || m == Basic && !s.cfg.AllowUnencrypted) {
		return false
	}
	return slices.Contains(s.cfg.Methods, m)
}

// logon finds out who sends a request. Without a logon the answer is 401, and logon
// sets headers that describe how to log on or to continue.
func (s *Server) logon(sess *session, w http.ResponseWriter, r *http.Request) (Account, bool) {
	if s.refusing.Load() {
		sess.forget()
		s.invite(w)
		return Account{}, false
	}
	authorization := r.Header.Get("Authorization")
	scheme, token, _ := strings.Cut(authorization, " ")
	var account Account
	ok := false
	switch {
	case authorization == "" && sess.known(s.cfg.Clock.Now()) && !s.startsOver(r):
		return *sess.account, true
	case authorization == mutualTLS && s.offers(Certificate):
		account, ok = s.certificate(r)
	case strings.EqualFold(scheme, "Basic") && s.offers(Basic):
		account, ok = s.basic(r)
	case isNegotiate(scheme) && s.negotiates():
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(token))
		if err == nil && ntlm.IsNegotiate(raw) && s.offers(Negotiate) {
			s.challenge(sess, w, scheme, raw)
			return Account{}, false
		}
		if err == nil {
			account, ok = s.negotiate(sess, w, raw)
		}
	}
	if !ok {
		sess.forget()
		s.invite(w)
	}
	return account, ok
}

// startsOver reports whether a request on a logged-on connection begins a new logon.
// Clients that encrypt send an empty request for that before each message. They work
// against Windows, so Windows must challenge them again.
func (s *Server) startsOver(r *http.Request) bool {
	return s.cfg.Transport == PlainHTTP && r.ContentLength == 0
}

func (s *Server) negotiates() bool { return s.offers(Negotiate) || s.offers(Kerberos) }

func isNegotiate(scheme string) bool {
	return strings.EqualFold(scheme, "Negotiate") || strings.EqualFold(scheme, "NTLM") || strings.EqualFold(scheme, "Kerberos")
}

// invite lists the offered methods in the order of Windows.
func (s *Server) invite(w http.ResponseWriter) {
	if s.negotiates() {
		w.Header().Add("WWW-Authenticate", "Negotiate")
		if s.cfg.Kerberos != nil {
			w.Header().Add("WWW-Authenticate", "Kerberos")
		}
	}
	if s.offers(Basic) {
		w.Header().Add("WWW-Authenticate", `Basic realm="WSMAN"`)
	}
}

// basic checks name and password. Windows accepts Basic only for accounts of the
// machine.
func (s *Server) basic(r *http.Request) (Account, bool) {
	name, password, ok := r.BasicAuth()
	if !ok {
		return Account{}, false
	}
	user, domain := splitName(name)
	a, known := s.cfg.Accounts.Lookup(user, domain)
	if !known || a.Domain != "" || !samePassword(a.Password, password) && !samePassword(a.Password, latin1(password)) {
		return Account{}, false
	}
	return a, true
}

// latin1 reads bytes as ISO 8859-1. Basic names no charset; clients send ISO 8859-1
// or UTF-8.
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// certificate maps a verified client certificate to an account of the machine, by
// its user principal name or by the common name of its subject. Windows maps no
// certificate to an account of a domain (Microsoft, Authentication for Remote
// Connections).
func (s *Server) certificate(r *http.Request) (Account, bool) {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return Account{}, false
	}
	leaf := r.TLS.VerifiedChains[0][0]
	name := leaf.Subject.CommonName
	if upn := pki.UPN(leaf); upn != "" {
		name, _ = splitName(upn)
	}
	account, ok := s.cfg.Accounts.Lookup(name, "")
	return account, ok && account.Domain == ""
}

// splitName splits DOMAIN\user and user@domain.
func splitName(name string) (user, domain string) {
	if d, u, ok := strings.Cut(name, `\`); ok {
		return u, d
	}
	if i := strings.LastIndexByte(name, '@'); i > 0 {
		return name[:i], name[i+1:]
	}
	return name, ""
}
