package rfc2136

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/dns"
)

const (
	window   = 64   // questions under way at once on one connection
	maxRound = 4096 // questions of one round; far fewer than there are message ids
)

// round asks the pending questions over one connection and stores the answers,
// which may come in any order (RFC 7766 section 6.2.1.1).
type round struct {
	questions []question
	answers   []*mdns.Msg
	pending   []int // indexes of questions; a message's id is base plus the position in this list
	timeout   time.Duration
	base      uint16
	slots     chan struct{}
}

func (r *round) run(ctx context.Context, conn net.Conn) error {
	stop := contain.AfterFunc(ctx, "leave", conn.RemoteAddr().String(), func() { conn.Close() })
	defer stop()
	r.base = uint16(rand.Uint32())
	r.slots = make(chan struct{}, window)
	done, sent := make(chan struct{}), make(chan struct{})
	contain.Go(opAsk, conn.RemoteAddr().String(), func() {
		defer close(sent)
		r.send(conn, done)
	}, func(error) { conn.Close() }) // the reading goroutine reports it
	defer func() { close(done); <-sent }()
	err := r.collect(conn)
	if err != nil {
		conn.Close()
	}
	return err
}

// send writes the questions, never more than a window ahead of the answers.
func (r *round) send(conn net.Conn, done <-chan struct{}) {
	for n, i := range r.pending {
		select {
		case r.slots <- struct{}{}:
		case <-done:
			return
		}
		if err := sendQuery(conn, r.base+uint16(n), r.questions[i]); err != nil {
			conn.Close() // the reading goroutine reports it
			return
		}
	}
}

func (r *round) collect(conn net.Conn) error {
	for range r.pending {
		if err := conn.SetDeadline(time.Now().Add(r.timeout)); err != nil {
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
		n := int(m.Id - r.base)
		if n >= len(r.pending) || !answersTo(m, r.questions[r.pending[n]]) {
			return errors.New("the server answered something that was not asked")
		}
		r.answers[r.pending[n]] = m
		select {
		case <-r.slots:
		default: // the answer came before the question; there is no slot to free
		}
	}
	return nil
}

func answersTo(m *mdns.Msg, q question) bool {
	if !m.Response || len(m.Question) > 1 {
		return false
	}
	if len(m.Question) == 0 { // some servers leave the question out when they refuse
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
