package rfc2136

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

const (
	window   = 64   // questions under way at once on one connection
	batch    = 4096 // octets of questions that are written at once
	maxRound = 4096 // questions of one round; far fewer than there are message ids
)

// round asks the pending questions over one connection and stores the answers,
// which may come in any order (RFC 7766 section 6.2.1.1).
type round struct {
	questions []question
	answers   []*mdns.Msg
	pending   []int // indexes of questions; a message's id is base plus the position in this list
	server    string
	timeout   time.Duration
	now       func() time.Time
	key       *signingKey // signs the questions; nil: they are not signed
	room      *int        // octets that the answers of the session may still have
	base      uint16
	spoke     bool    // an answer came, and not something else
	queries   []query // in the order of pending
	slots     chan struct{}
}

const (
	maxRecords = 512       // of one answer; a zone has a handful for one name
	answerRoom = 2_000_000 // octets of all answers of one server to one look
)

// announced counts the records that a message says it has, before anything is built of them.
func announced(message []byte) int {
	n := 0
	for at := 6; at < 12 && len(message) >= 12; at += 2 {
		n += int(binary.BigEndian.Uint16(message[at:]))
	}
	return n
}

// tooMuch is the fault of a server that answers with more than any zone has.
func (r *round) tooMuch(cause string) error {
	return fault.New(fault.Unreachable, opAsk, r.server, cause).
		With("its records are unknown and stay as they are", "check that this is the zone's own server, and what it answers")
}

// query is a question as it is sent.
type query struct {
	packed []byte
	mac    string // of its signature; "" without one
}

func (r *round) run(ctx context.Context, conn net.Conn) error {
	stop := contain.AfterFunc(ctx, "leave", conn.RemoteAddr().String(), func() { conn.Close() })
	defer stop()
	r.base = uint16(rand.Uint32())
	for n, i := range r.pending {
		q, err := r.pack(r.base+uint16(n), r.questions[i])
		if err != nil {
			return err
		}
		r.queries = append(r.queries, q)
	}
	r.slots = make(chan struct{}, window)
	done, sent := make(chan struct{}), make(chan struct{})
	ended := sync.OnceFunc(func() { close(sent) })
	contain.Go(opAsk, conn.RemoteAddr().String(), func() {
		defer ended()
		r.send(conn, done)
	}, func(error) { conn.Close(); ended() }) // the reading goroutine reports it
	defer func() { close(done); <-sent }()
	err := r.collect(conn)
	if err != nil {
		conn.Close()
	}
	return err
}

// send writes the questions, never more than a window ahead of the answers. It writes
// those for which there is room at once.
func (r *round) send(conn net.Conn, done <-chan struct{}) {
	var room []byte
	for n, q := range r.queries {
		select {
		case r.slots <- struct{}{}:
		case <-done:
			return
		}
		room = appendFrame(room, q.packed)
		if last := n == len(r.queries)-1; !last && len(r.slots) < window && len(room) < batch {
			continue
		}
		if _, err := conn.Write(room); err != nil {
			conn.Close() // the reading goroutine reports it
			return
		}
		room = room[:0]
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
		r.spoke = r.spoke || r.isAnswer(frame)
		if *r.room -= len(frame); *r.room < 0 {
			return r.tooMuch(fmt.Sprintf("its answers have more than %d kB together", answerRoom/1000))
		}
		if n := announced(frame); n > maxRecords {
			return r.tooMuch(fmt.Sprintf("an answer has %d records, and more than %d are not read", n, maxRecords))
		}
		m := new(mdns.Msg)
		if err := m.Unpack(frame); err != nil {
			return fmt.Errorf("an answer cannot be read: %w", err)
		}
		n := int(m.Id - r.base)
		if n >= len(r.pending) || !answersTo(m, r.questions[r.pending[n]]) {
			return errors.New("the server answered something that was not asked")
		}
		if err := r.verify(r.queries[n], m, frame); err != nil {
			return err
		}
		r.answers[r.pending[n]] = m
		select {
		case <-r.slots:
		default: // the answer came before the question; there is no slot to free
		}
	}
	return nil
}

// isAnswer reports whether a message is an answer to one of the questions, by its head alone
// (RFC 1035 section 4.1.1).
func (r *round) isAnswer(frame []byte) bool {
	return len(frame) >= 12 && frame[2]&0x80 != 0 && int(binary.BigEndian.Uint16(frame)-r.base) < len(r.pending)
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

// pack makes the message of a question and signs it where there is a key.
func (r *round) pack(id uint16, q question) (query, error) {
	m := new(mdns.Msg)
	m.Id = id
	m.Question = []mdns.Question{{Name: mdns.Fqdn(q.name), Qtype: q.qtype, Qclass: mdns.ClassINET}}
	if r.key == nil {
		packed, err := m.Pack()
		return query{packed: packed}, err
	}
	m.SetTsig(r.key.name, r.key.algorithm, tsigFudge, r.now().Unix())
	packed, mac, err := mdns.TsigGenerateWithProvider(m, r.key.provider, "", false)
	return query{packed, mac}, err
}

// verify checks the signature of the answer to a signed question. An answer without one
// may come from anybody and is not believed. Faults: Denied, Invalid.
func (r *round) verify(q query, m *mdns.Msg, frame []byte) error {
	if r.key == nil {
		return nil
	}
	signature := m.IsTsig()
	if signature != nil && signature.Error != mdns.RcodeSuccess {
		return asked(act{server: r.server, key: dns.Canonical(r.key.name), now: r.now}.keyFault(signature))
	}
	cause := "the server does not sign its answer to a signed question"
	if signature != nil {
		err := mdns.TsigVerifyWithProvider(frame, r.key.provider, q.mac, false)
		if err == nil {
			return nil
		}
		cause = "the signature of the server's answer did not verify"
	}
	return asked(fault.New(fault.Denied, opAsk, r.server, cause).With("", "compare key and server with spec.dns.servers, or leave signQueries out"))
}

// asked turns a fault about a key into one of a question, which changes nothing.
func asked(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	f = f.With("its records are unknown and stay as they are", f.Next)
	f.Op = opAsk
	return f
}
