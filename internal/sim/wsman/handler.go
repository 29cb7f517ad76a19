package wsman

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
)

const (
	soapType = "application/soap+xml;charset=UTF-8"
	// minEnvelope is the smallest MaxEnvelopeSize a client may ask for.
	minEnvelope = 8192
)

// actions is what the service can do.
var actions = map[string]func(*Server, context.Context, *call) (string, error){
	actionCreate:    (*Server).create,
	actionCommand:   (*Server).command,
	actionSend:      (*Server).send,
	actionReceive:   (*Server).receive,
	actionSignal:    (*Server).signal,
	actionDelete:    (*Server).remove,
	actionGet:       (*Server).get,
	actionEnumerate: (*Server).enumerate,
}

// ServeHTTP answers one HTTP request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.count.requests.Add(1)
	if r.URL.Path != Path || r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, int64(s.cfg.Quotas.MaxEnvelopeSize)+1))
	if err != nil {
		return // the client hung up
	}
	sess, ok := r.Context().Value(sessionKey{}).(*session)
	if !ok {
		http.Error(w, "no session", http.StatusInternalServerError)
		return
	}
	account, ok := s.logon(sess, w, r)
	if !ok {
		s.count.unauthorized.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if len(raw) == 0 { // clients do this to log a connection on
		w.WriteHeader(http.StatusOK)
		return
	}
	s.count.envelopesIn.Add(int64(len(raw)))
	status, reply := s.answer(r, account, raw)
	if reply == nil {
		return
	}
	s.count.envelopesOut.Add(int64(len(reply)))
	w.Header().Set("Content-Type", soapType)
	w.Header().Set("Content-Length", strconv.Itoa(len(reply)))
	w.WriteHeader(status)
	_, _ = w.Write(reply) // a client that hung up gets nothing
}

// answer is the envelope that answers raw, nil when the client is gone.
func (s *Server) answer(r *http.Request, who Account, raw []byte) (int, []byte) {
	e, err := s.read(raw)
	lang := pickLanguage(s.cfg.Languages, e.Header.Locale.Lang)
	body := ""
	if err == nil {
		body, err = s.perform(r, who, e)
	}
	if errors.Is(err, errGone) {
		return 0, nil
	}
	if f, ok := errors.AsType[*fault](err); ok {
		s.count.faults.Add(1)
		return http.StatusInternalServerError, wrapFault(e, lang, s.cfg.Machine, f)
	}
	if err != nil {
		s.count.faults.Add(1)
		return http.StatusInternalServerError, wrapFault(e, lang, s.cfg.Machine, newFault(unspecified, err.Error()))
	}
	return http.StatusOK, wrap(e, lang, e.Header.Action+"Response", body)
}

func (s *Server) read(raw []byte) (*envelope, error) {
	if len(raw) > s.cfg.Quotas.MaxEnvelopeSize {
		return &envelope{}, newFault(envelopeTooLarge, strconv.Itoa(s.cfg.Quotas.MaxEnvelopeSize))
	}
	return parseEnvelope(raw)
}

// perform checks what all actions have in common and runs the one asked for.
func (s *Server) perform(r *http.Request, who Account, e *envelope) (string, error) {
	act := actions[e.Header.Action]
	switch {
	case e.Header.Action == "":
		return "", newFault(headerRequired, "Action")
	case e.Header.MessageID == "":
		return "", newFault(headerRequired, "MessageID")
	case act == nil:
		return "", newFault(unsupportedAction, e.Header.Action)
	case e.Header.ResourceURI != shellResource && e.Header.Action != actionEnumerate:
		return "", newFault(resourceNotFound, e.Header.ResourceURI)
	case !who.mayUseShell():
		return "", newFault(accessDenied, "")
	}
	c, err := s.newCall(r, who, e)
	if err != nil {
		return "", err
	}
	leave, err := s.shells.enter(who)
	if err != nil {
		return "", err
	}
	defer leave()
	return act(s, r.Context(), c)
}

func (s *Server) newCall(r *http.Request, who Account, e *envelope) (*call, error) {
	c := &call{envelope: e, account: who, maxReply: s.cfg.Quotas.MaxEnvelopeSize}
	c.clientIP, _, _ = net.SplitHostPort(r.RemoteAddr)
	if n := e.Header.MaxEnvelope; n != 0 {
		if n < minEnvelope {
			return nil, newFault(envelopeTooSmall, strconv.Itoa(minEnvelope))
		}
		c.maxReply = min(c.maxReply, n)
	}
	var err error
	c.timeout, err = e.Header.timeout(s.cfg.Quotas.OperationTimeout)
	return c, err
}

// samePassword compares in constant time.
func samePassword(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
