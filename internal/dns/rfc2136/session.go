package rfc2136

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/reach"
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
	room   int  // octets that the answers may still have
	spoke  bool // the server has answered on conn
}

func newSession(c Config, server string) *session {
	return &session{server: server, config: c, signs: c.QueryKey != nil && server == c.Server, room: answerRoom}
}

func (s *session) close() {
	if s.conn != nil {
		s.conn.Close()
		s.conn, s.spoke = nil, false
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
			server: s.server, timeout: s.config.Timeout, now: s.config.Now, key: key, room: &s.room}
		err := s.connect(ctx)
		if err == nil {
			err = r.run(ctx, s.conn)
		}
		rest := unanswered(answers)
		s.spoke = s.spoke || r.spoke
		if err != nil {
			told := s.told(err)
			s.close()
			if _, withheld := errors.AsType[*reach.WithheldError](told); withheld {
				return nil, unreachable(s.server, told)
			}
			if known, ok := errors.AsType[*fault.Error](err); ok {
				return nil, known
			}
			stuck := len(rest) == len(pending) && !reused
			if deadline, is := ctx.Deadline(); is && isTimeout(err) && !time.Now().Before(deadline) {
				<-ctx.Done() // at the same instant as the connection's time, which may be noticed first
			}
			if errors.Is(context.Cause(ctx), errTooSlow) {
				return nil, tooSlow(s.server, len(answers)-len(rest), len(answers))
			}
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

// told gives what may be told of an error: all of it once the server has answered, and also
// where there is no connection, because then the error comes from connecting.
func (s *session) told(err error) error {
	if s.conn == nil || s.spoke || s.config.Reach.Tells(s.conn.RemoteAddr()) {
		return err
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		err = errors.New(f.Cause) // of an answer that is none
	}
	return s.config.Reach.Withhold(s.conn.RemoteAddr(), err)
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
	s.conn = buffered{conn, bufio.NewReader(promptly(conn))}
	return nil
}

// writeFrame writes one message after its length (RFC 1035 section 4.2.2).
func writeFrame(w io.Writer, message []byte) error {
	_, err := w.Write(appendFrame(nil, message))
	return err
}

func appendFrame(to, message []byte) []byte {
	return append(binary.BigEndian.AppendUint16(to, uint16(len(message))), message...)
}

// buffered reads what has come in as few pieces as possible.
type buffered struct {
	net.Conn
	in *bufio.Reader
}

func (b buffered) Read(p []byte) (int, error) { return b.in.Read(p) }

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

// errTooSlow ends what has taken the time that one server, or all of them, may take.
var errTooSlow = errors.New("its time is over")

func tooSlow(server string, got, of int) error {
	f := fault.New(fault.Unreachable, opAsk, server, fmt.Sprintf("it answers too slowly: %d of %d questions in time", got, of)).
		With("its records are unknown and stay as they are", "look at the load of the server and at the network")
	f.Err = errTooSlow
	return f
}

func unreachable(server string, err error) error {
	cause, next := err.Error(), "check that the server runs and accepts TCP on this port from here"
	bounded, ok := reach.Explain(err)
	switch {
	case ok:
		cause, next = bounded.Cause, bounded.Next
	case isTimeout(err):
		cause = "no answer in time"
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		cause = "the server closed the connection without an answer"
	}
	return &fault.Error{
		Kind: fault.Unreachable, Op: opAsk, Target: server, Cause: cause, Err: err,
		Effect: "its records are unknown and stay as they are",
		Next:   next,
	}
}
