package wsman

import (
	"net/http"
	"slices"
	"strings"
)

// Method is a way to log on.
type Method string

// The ways to log on that a machine can offer.
const (
	Basic       Method = "Basic"       // accounts of the machine only
	Negotiate   Method = "Negotiate"   // NTLM, and Kerberos when there is a keytab
	Certificate Method = "Certificate" // TLS client certificate
)

func (s *Server) offers(m Method) bool { return slices.Contains(s.cfg.Methods, m) }

// logon finds out who sends a request. When it is nobody, headers are set that
// say how to log on or to go on logging on, and the answer is 401.
func (s *Server) logon(sess *session, w http.ResponseWriter, r *http.Request) (Account, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case strings.EqualFold(scheme, "Basic") && s.offers(Basic):
		if a, ok := s.basic(r); ok {
			return a, true
		}
	default:
		_ = token
	}
	s.invite(w)
	return Account{}, false
}

// invite lists the ways to log on.
func (s *Server) invite(w http.ResponseWriter) {
	if s.offers(Basic) {
		w.Header().Add("WWW-Authenticate", `Basic realm="WSMAN"`)
	}
}

// basic checks name and password. Windows takes Basic for accounts of the
// machine only.
func (s *Server) basic(r *http.Request) (Account, bool) {
	name, password, ok := r.BasicAuth()
	if !ok {
		return Account{}, false
	}
	user, domain := splitName(name)
	a, known := s.cfg.Accounts.Lookup(user, domain)
	if !known || a.Domain != "" || !samePassword(a.Password, password) {
		return Account{}, false
	}
	return a, true
}

// splitName takes DOMAIN\user and user@domain apart.
func splitName(name string) (user, domain string) {
	if d, u, ok := strings.Cut(name, `\`); ok {
		return u, d
	}
	if i := strings.LastIndexByte(name, '@'); i > 0 {
		return name[:i], name[i+1:]
	}
	return name, ""
}
