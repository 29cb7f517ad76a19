package rfc2136

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/fault"
)

// question is one query about one name.
type question struct {
	name  string // canonical
	qtype uint16
}

// session asks one server many questions over one TCP connection. Many servers limit
// the queries per connection and close it after some answers. The remaining
// questions then go over a new connection, which is safe because queries change
// nothing.
type session struct {
	server string
	config Config
	signs  bool // questions are signed with config.QueryKey
	conn   net.Conn
}

func newSession(c Config, server string) *session {
	return &session{server: server, config: c, signs: c.QueryKey != nil && server == c.Server}
}

func (s *session) close() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

// ask gives the answers in the order of the questions. Faults: Unreachable; for signed
// questions also Denied and Invalid (the key).
func (s *session) ask(ctx context.Context, questions []question) ([]*mdns.Msg, error) {
	answers := make([]*mdns.Msg, len(questions))
	pending := unanswered(answers)
	var key *signingKey
	if s.signs && len(pending) > 0 {
		k, err := s.config.QueryKey.key(ctx, s.config)
		if err != nil {
			return nil, err
		}
		key = &k
	}
	for len(pending) > 0 {
		reused := s.conn != nil
		r := round{questions: questions, answers: answers, pending: pending[:min(len(pending), maxRound)],
			server: s.server, timeout: s.config.Timeout, now: s.config.Now, key: key}
		err := s.connect(ctx)
		if err == nil {
			err = r.run(ctx, s.conn)
		}
		rest := unanswered(answers)
		if err != nil {
			s.close()
			if known, ok := errors.AsType[*fault.Error](err); ok {
				return nil, known
			}
			stuck := len(rest) == len(pending) && !reused
			if stuck || ctx.Err() != nil || isTimeout(err) {
				return nil, unreachable(s.server, err)
			}
		}
		pending = rest
	}
	return answers, nil
}

// unanswered lists the questions that have no answer yet.
func unanswered(answers []*mdns.Msg) []int {
	var rest []int
	for i, m := range answers {
		if m == nil {
			rest = append(rest, i)
		}
	}
	return rest
}

func (s *session) connect(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	conn, err := s.config.Dial(ctx, "tcp", s.server)
	if err != nil {
		return err
	}
	s.conn = conn
	return nil
}

// writeFrame writes one message after its length (RFC 1035 section 4.2.2).
func writeFrame(w io.Writer, message []byte) error {
	frame := binary.BigEndian.AppendUint16(make([]byte, 0, len(message)+2), uint16(len(message)))
	_, err := w.Write(append(frame, message...))
	return err
}

func readFrame(r io.Reader) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(length[:]))
	_, err := io.ReadFull(r, message)
	return message, err
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

func unreachable(server string, err error) error {
	cause := err.Error()
	switch {
	case isTimeout(err):
		cause = "no answer in time"
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		cause = "the server closed the connection without an answer"
	}
	return &fault.Error{
		Kind: fault.Unreachable, Op: opAsk, Target: server, Cause: cause, Err: err,
		Effect: "its records are unknown and stay as they are",
		Next:   "check that the server runs and accepts TCP on this port from here",
	}
}
