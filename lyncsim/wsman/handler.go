package wsman

import (
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"strings"
)

const soapType = "application/soap+xml;charset=UTF-8"

// sealedRoom is the most that encryption adds to a request, in bytes.
const sealedRoom = 1024

// ServeHTTP answers one HTTP request. It reads the request, logs its sender on,
// decrypts the body, and passes the envelope on.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.count.requests.Add(1)
	if !strings.EqualFold(r.URL.Path, s.cfg.Path) {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, int64(s.cfg.Quotas.MaxEnvelopeSize+sealedRoom+1)))
	if err != nil {
		return // the client closed the connection
	}
	x := &exchange{w: w, r: r}
	x.session, _ = r.Context().Value(sessionKey{}).(*session)
	if x.session == nil {
		http.Error(w, "this handler serves only its own listener", http.StatusInternalServerError)
		return
	}
	if s.isIdentify(r) {
		x.reply(http.StatusOK, identified())
		return
	}
	var ok bool
	if x.account, ok = s.logon(x.session, w, r); !ok {
		s.deny(x)
		return
	}
	if len(raw) == 0 { // clients send an empty body to log a connection on
		w.WriteHeader(http.StatusOK)
		return
	}
	if raw, err = s.open(x, raw); err != nil {
		w.WriteHeader(statusOf(err))
		return
	}
	s.count.envelopesIn.Add(int64(len(raw)))
	s.serve(x, raw)
}

func (s *Server) deny(x *exchange) {
	s.count.unauthorized.Add(1)
	x.w.WriteHeader(http.StatusUnauthorized)
}

var (
	errUnsealed = errors.New("an unencrypted message where encryption is needed")
	errSeal     = errors.New("an encrypted message that cannot be opened")
)

// open decrypts the body when it is encrypted. It requires encryption when the
// transport has none.
func (s *Server) open(x *exchange, raw []byte) ([]byte, error) {
	if !isSealed(x.r.Header.Get("Content-Type")) {
		if s.cfg.Transport == PlainHTTP && !s.cfg.AllowUnencrypted {
			return nil, errUnsealed
		}
		return raw, nil
	}
	if x.session.sealer == nil {
		return nil, errSeal
	}
	x.sealed = true
	plain, err := unseal(x.session.sealer, raw)
	if err != nil {
		return nil, errors.Join(errSeal, err)
	}
	return plain, nil
}

func statusOf(err error) int {
	if errors.Is(err, errSeal) {
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

// serve performs the action of an envelope and replies. A rule can make it
// misbehave.
func (s *Server) serve(x *exchange, raw []byte) {
	e, err := s.read(raw)
	rule := s.rules.pick(short(e.Header.Action))
	switch rule.Effect {
	case Drop:
		x.cut()
		return
	case Unauthorized:
		x.session.forget()
		s.invite(x.w)
		s.deny(x)
		return
	case Delay:
		if !s.pause(x.r.Context(), rule.Delay) {
			return
		}
	case Fault:
		err = faultOf(rule.Code)
	case LoseShell:
		s.shells.remove(e.Header.shellID())
	}
	status, reply := s.answer(x, e, err)
	if reply == nil {
		return
	}
	s.count.envelopesOut.Add(int64(len(reply)))
	switch rule.Effect {
	case Lose:
		x.cut()
	case Halve:
		x.half(status, reply)
	case Silence:
		<-x.r.Context().Done()
	default:
		x.reply(status, reply)
	}
}

// samePassword compares passwords in constant time.
func samePassword(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
