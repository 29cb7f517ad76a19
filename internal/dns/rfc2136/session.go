package rfc2136

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

const (
	window   = 64   // questions under way at once on one connection
	maxRound = 4096 // questions of one round; far fewer than there are message ids
)

// question is one query about one name.
type question struct {
	name  string // canonical
	qtype uint16
}

// session asks one server many questions over one TCP connection. Queries
// change nothing, so when a server closes the connection after some answers
// (many limit queries per connection) the rest are asked over a new one.
type session struct {
	server  string
	dial    Dial
	timeout time.Duration
	conn    net.Conn
}

func newSession(c Config, server string) *session {
	return &session{server: server, dial: c.Dial, timeout: c.Timeout}
}

func (s *session) close() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

// ask gives the answers in the order of the questions. Fault: Unreachable.
func (s *session) ask(ctx context.Context, questions []question) ([]*mdns.Msg, error) {
	answers := make([]*mdns.Msg, len(questions))
	pending := make([]int, len(questions))
	for i := range pending {
		pending[i] = i
	}
	for len(pending) > 0 {
		reused := s.conn != nil
		err := s.round(ctx, questions, answers, pending[:min(len(pending), maxRound)])
		rest := unanswered(answers, pending)
		if err != nil {
			s.close()
			stuck := len(rest) == len(pending) && !reused
			if stuck || ctx.Err() != nil || isTimeout(err) {
				return nil, unreachable(s.server, err)
			}
		}
		pending = rest
	}
	return answers, nil
}

func unanswered(answers []*mdns.Msg, asked []int) []int {
	var rest []int
	for _, i := range asked {
		if answers[i] == nil {
			rest = append(rest, i)
		}
	}
	return rest
}

// round asks the pending questions over one connection and stores what comes back.
func (s *session) round(ctx context.Context, questions []question, answers []*mdns.Msg, pending []int) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	conn := s.conn
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()

	base := uint16(rand.Uint32())
	slots := make(chan struct{}, window)
	done := make(chan struct{})
	var sending sync.WaitGroup
	sending.Go(func() {
		for n, i := range pending {
			select {
			case slots <- struct{}{}:
			case <-done:
				return
			}
			if err := sendQuery(conn, base+uint16(n), questions[i]); err != nil {
				conn.Close() // the reading side reports it
				return
			}
		}
	})
	err := s.collect(conn, base, questions, answers, pending, slots)
	close(done)
	if err != nil {
		conn.Close()
	}
	sending.Wait()
	return err
}

func (s *session) connect(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	conn, err := s.dial(ctx, "tcp", s.server)
	if err != nil {
		return err
	}
	s.conn = conn
	return nil
}

// collect reads one answer for each pending question, in any order.
func (s *session) collect(conn net.Conn, base uint16, questions []question, answers []*mdns.Msg, pending []int, slots chan struct{}) error {
	for range pending {
		if err := conn.SetDeadline(time.Now().Add(s.timeout)); err != nil {
			return err
		}
		frame, err := readFrame(conn)
		if err != nil {
			return err
		}
		m := new(mdns.Msg)
		if err := m.Unpack(frame); err != nil {
			return fmt.Errorf("an answer cannot be read: %w", err)
		}
		n := int(m.Id - base)
		if n >= len(pending) || !answersTo(m, questions[pending[n]]) {
			return errors.New("the server answered something that was not asked")
		}
		answers[pending[n]] = m
		select {
		case <-slots:
		default: // answered before it was asked; nothing to free
		}
	}
	return nil
}

func answersTo(m *mdns.Msg, q question) bool {
	if !m.Response || len(m.Question) > 1 {
		return false
	}
	if len(m.Question) == 0 { // some servers leave it out when they refuse
		return m.Rcode != mdns.RcodeSuccess
	}
	return dns.Canonical(m.Question[0].Name) == q.name && m.Question[0].Qtype == q.qtype
}

func sendQuery(conn net.Conn, id uint16, q question) error {
	m := new(mdns.Msg)
	m.Id = id
	m.Question = []mdns.Question{{Name: mdns.Fqdn(q.name), Qtype: q.qtype, Qclass: mdns.ClassINET}}
	packed, err := m.Pack()
	if err != nil {
		return err
	}
	return writeFrame(conn, packed)
}

// writeFrame writes one message with its length before it (RFC 1035 section 4.2.2).
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
		Kind: fault.Unreachable, Op: "ask DNS server", Target: server, Cause: cause, Err: err,
		Effect: "its records are unknown and stay as they are",
		Next:   "check that the server runs and accepts TCP on this port from here",
	}
}
