package rfc2136

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/fault"
)

// serveTCP runs a DNS server for one test.
func serveTCP(t *testing.T, maxQueries int, handler mdns.HandlerFunc) Config {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	s := &mdns.Server{
		Listener: l, Handler: handler, MaxTCPQueries: maxQueries, NotifyStartedFunc: func() { close(started) },
		MsgAcceptFunc: func(mdns.Header) mdns.MsgAcceptAction { return mdns.MsgAccept },
	}
	go func() { _ = s.ActivateAndServe() }()
	<-started
	t.Cleanup(func() { _ = s.Shutdown() })
	c, err := Config{Server: l.Addr().String(), Timeout: time.Second}.complete()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func hosts(n int) []question {
	questions := make([]question, n)
	for i := range questions {
		questions[i] = question{fmt.Sprintf("host%d.contoso.com", i), mdns.TypeA}
	}
	return questions
}

// TestAskOutlivesShortConnections: many servers take only a limited number of questions on one
// connection. The session then goes on with another connection.
func TestAskOutlivesShortConnections(t *testing.T) {
	c := serveTCP(t, 100, func(w mdns.ResponseWriter, m *mdns.Msg) { _ = w.WriteMsg(new(mdns.Msg).SetReply(m)) })
	s := newSession(c, c.Server)
	defer s.close()
	questions := hosts(1000)
	answers, err := s.ask(t.Context(), questions)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range answers {
		if m.Question[0].Name != mdns.Fqdn(questions[i].name) {
			t.Fatalf("answer %d is about %s", i, m.Question[0].Name)
		}
	}
}

// TestAskGivesUp: a server that answers one question of two and then fails to answer is asked again
// only where a new connection may help.
func TestAskGivesUp(t *testing.T) {
	cases := map[string]struct {
		reason string
		then   func(w mdns.ResponseWriter, cancel func())
		most   int32 // connections
		says   string
	}{
		"it falls silent":  {"it is slow or dead, and asking again costs as long once more", func(mdns.ResponseWriter, func()) {}, 1, "no answer in time"},
		"nobody waits":     {"whoever asked has left", func(w mdns.ResponseWriter, cancel func()) { cancel(); _ = w.Close() }, 1, ""},
		"it always closes": {"the second connection brings nothing new", func(w mdns.ResponseWriter, _ func()) { _ = w.Close() }, 2, "closed the connection"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			config := serveTCP(t, -1, func(w mdns.ResponseWriter, m *mdns.Msg) {
				if m.Question[0].Name == "host0.contoso.com." {
					_ = w.WriteMsg(new(mdns.Msg).SetReply(m))
					return
				}
				c.then(w, cancel)
			})
			config.Timeout = 300 * time.Millisecond
			dial := config.Dial
			var dialled atomic.Int32
			config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				dialled.Add(1)
				return dial(ctx, network, address)
			}
			s := newSession(config, config.Server)
			defer s.close()
			_, err := s.ask(ctx, hosts(2))
			if !fault.Is(err, fault.Unreachable) || !strings.Contains(err.Error(), c.says) || dialled.Load() > c.most {
				t.Errorf("%s: %v after %d connections, want Unreachable after %d", c.reason, err, dialled.Load(), c.most)
			}
		})
	}
}

func TestAskRejectsFalseAnswers(t *testing.T) {
	tests := map[string]struct {
		reason string
		twist  func(m *mdns.Msg)
	}{
		"other id":       {"an answer to nobody's question", func(m *mdns.Msg) { m.Id += 30000 }},
		"other name":     {"an answer about something else", func(m *mdns.Msg) { m.Question[0].Name = "evil.test." }},
		"other type":     {"an answer of another type", func(m *mdns.Msg) { m.Question[0].Qtype = mdns.TypeMX }},
		"a question":     {"no answer at all", func(m *mdns.Msg) { m.Response = false }},
		"no question":    {"only a refusal may leave it out", func(m *mdns.Msg) { m.Question = nil }},
		"many questions": {"nobody asks two at once", func(m *mdns.Msg) { m.Question = append(m.Question, m.Question[0]) }},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := serveTCP(t, -1, func(w mdns.ResponseWriter, m *mdns.Msg) {
				reply := new(mdns.Msg).SetReply(m)
				reply.Question = append([]mdns.Question(nil), reply.Question...)
				tc.twist(reply)
				_ = w.WriteMsg(reply)
			})
			s := newSession(c, c.Server)
			defer s.close()
			if _, err := s.ask(t.Context(), hosts(3)); !fault.Is(err, fault.Unreachable) {
				t.Errorf("%s: got %v, want Unreachable", tc.reason, err)
			}
		})
	}
}

func TestAskEndsOnGarbage(t *testing.T) {
	tests := map[string]struct {
		reason string
		bytes  string
	}{
		"http":      {"another service on that port", "HTTP/1.1 400 Bad Request\r\n\r\n"},
		"cut short": {"a length and then nothing", "\x00\x40abc"},
		"empty":     {"a message without header", "\x00\x00\x00\x00\x00\x00"},
		"nothing":   {"the connection closes at once", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					_, _ = conn.Write([]byte(tc.bytes))
					_ = conn.Close()
				}
			}()
			c, err := Config{Server: l.Addr().String(), Timeout: time.Second}.complete()
			if err != nil {
				t.Fatal(err)
			}
			s := newSession(c, c.Server)
			defer s.close()
			if _, err := s.ask(t.Context(), hosts(200)); !fault.Is(err, fault.Unreachable) {
				t.Errorf("%s: got %v, want Unreachable", tc.reason, err)
			}
		})
	}
}

// TestWhatAServerMayAnswerWith: an answer with as many records as any zone has is read, and so are
// answers up to the room that a session has for them. One record or octet more is not.
func TestWhatAServerMayAnswerWith(t *testing.T) {
	var records int
	config := serveTCP(t, -1, func(w mdns.ResponseWriter, m *mdns.Msg) {
		reply := new(mdns.Msg).SetReply(m)
		for range records {
			rr, _ := mdns.NewRR(m.Question[0].Name + " 60 A 192.0.2.1")
			reply.Answer = append(reply.Answer, rr)
		}
		reply.Compress = true
		_ = w.WriteMsg(reply)
	})
	ask := func(room int) (int, error) {
		s := newSession(config, config.Server)
		defer s.close()
		s.room = room
		_, err := s.ask(t.Context(), hosts(1))
		return s.room, err
	}
	records = maxRecords
	left, err := ask(answerRoom)
	if err != nil {
		t.Fatalf("%d records: %v", records, err)
	}
	if left, err := ask(answerRoom - left); err != nil || left != 0 {
		t.Errorf("an answer that fits to the octet: %d octets are left, %v", left, err)
	}
	if _, err := ask(answerRoom - left - 1); !fault.Is(err, fault.Unreachable) || !strings.Contains(err.Error(), "together") {
		t.Errorf("an octet too many: %v", err)
	}
	records++
	if _, err := ask(answerRoom); !fault.Is(err, fault.Unreachable) || !strings.Contains(err.Error(), "an answer has 513 records") {
		t.Errorf("a record too many: %v", err)
	}
}
