package wsman

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// minEnvelope is the smallest MaxEnvelopeSize a client may ask for.
const minEnvelope = 8192

// actions are the actions that the service can perform.
var actions = map[string]func(*Server, context.Context, *call) (string, error){
	actionCreate:    (*Server).create,
	actionCommand:   (*Server).command,
	actionSend:      (*Server).send,
	actionReceive:   (*Server).receive,
	actionSignal:    (*Server).signal,
	actionDelete:    (*Server).remove,
	actionGet:       (*Server).get,
	actionEnumerate: (*Server).enumerate,

	actionDisconnect: (*Server).disconnect,
	actionReconnect:  (*Server).reconnect,
	actionConnect:    (*Server).connect,
}

// read bounds and parses a request. It returns an envelope even with an error,
// because the error's answer needs one.
func (s *Server) read(raw []byte) (*envelope, error) {
	if len(raw) > s.cfg.Quotas.MaxEnvelopeSize {
		return &envelope{}, newFault(envelopeTooLarge, strconv.Itoa(s.cfg.Quotas.MaxEnvelopeSize))
	}
	return parseEnvelope(raw)
}

// answer is the envelope that answers e, or the fault for err; nil when the client
// is gone.
func (s *Server) answer(x *exchange, e *envelope, err error) (int, []byte) {
	lang := pickLanguage(s.cfg.Languages, e.Header.Locale.Lang)
	body := ""
	if err == nil {
		body, err = s.perform(x, e)
	}
	switch f, isFault := errors.AsType[*fault](err); {
	case err == nil:
		return http.StatusOK, wrap(e, lang, e.Header.Action+"Response", body)
	case errors.Is(err, errGone):
		return 0, nil
	case isFault:
		s.count.faults.Add(1)
		return http.StatusInternalServerError, wrapFault(e, lang, s.cfg.Machine, f)
	default:
		s.count.faults.Add(1)
		return http.StatusInternalServerError, wrapFault(e, lang, s.cfg.Machine, newFault(unspecified, err.Error()))
	}
}

// perform makes the checks that all actions share and runs the requested action.
func (s *Server) perform(x *exchange, e *envelope) (string, error) {
	act := actions[e.Header.Action]
	switch {
	case e.Header.Action == "":
		return "", newFault(headerRequired, "Action")
	case e.Header.MessageID == "":
		return "", newFault(headerRequired, "MessageID")
	case act == nil:
		return "", newFault(unsupportedAction, e.Header.Action)
	case !s.servesResource(e.Header.Action, e.Header.ResourceURI):
		return "", newFault(resourceNotFound, e.Header.ResourceURI)
	case strings.HasPrefix(e.Header.ResourceURI, nsShell) && !x.account.mayUseShell(): // a session configuration names its own callers
		return "", newFault(accessDenied, "")
	}
	c, err := s.newCall(x, e)
	if err != nil {
		return "", err
	}
	leave, err := s.shells.enter(x.account)
	if err != nil {
		return "", err
	}
	defer leave()
	return act(s, x.r.Context(), c)
}

// servesResource reports whether an action accepts a resource. Shells are listed as
// .../windows/shell and used as .../windows/shell/cmd. Their commands are only listed.
func (s *Server) servesResource(action, uri string) bool {
	_, remoting := configurationOf(uri)
	if s.cfg.Program == nil {
		return remoting
	}
	return uri == shellResource || remoting || uri == nsShell && (action == actionEnumerate || action == actionGet) ||
		uri == commandResource && action == actionEnumerate || uri == configResource && action == actionGet
}

func (s *Server) newCall(x *exchange, e *envelope) (*call, error) {
	c := &call{envelope: e, account: x.account, maxReply: s.cfg.Quotas.MaxEnvelopeSize}
	c.clientIP, _, _ = net.SplitHostPort(x.r.RemoteAddr)
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

// pause waits on the machine's clock; it returns false when the client went away
// first.
func (s *Server) pause(ctx context.Context, d time.Duration) bool {
	over := make(chan struct{})
	stop := s.cfg.Clock.AfterFunc(d, func() { close(over) })
	defer stop()
	select {
	case <-over:
		return true
	case <-ctx.Done():
		return false
	}
}
