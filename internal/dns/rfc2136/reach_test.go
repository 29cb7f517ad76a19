package rfc2136

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/reach"
)

// TestAScannerLearnsNoMore: who writes the address of a DNS server into a route learns whether
// a DNS server answers there, and nothing of anything else that does.
func TestAScannerLearnsNoMore(t *testing.T) {
	all := reach.Known()
	if err := all.Set("1-65535"); err != nil {
		t.Fatal(err)
	}
	hidden := reach.New(reach.CIDRs{}, reach.CIDRs{}, all)
	serve := func(each func(net.Conn)) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() { defer c.Close(); each(c) }()
			}
		}()
		t.Cleanup(func() { l.Close() })
		return l.Addr().String()
	}
	for name, server := range map[string]string{
		"nobody listens":  "127.0.0.1:1",
		"an unknown name": "no-such-host.invalid:53",
		"hangs up":        serve(func(net.Conn) {}),
		"silence":         serve(func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }),
		"another service": serve(func(c net.Conn) { _, _ = io.WriteString(c, "\x00\x0cSSH-2.0-Open\r\n") }),
	} {
		c, err := Config{Server: server, Timeout: 500 * time.Millisecond, Reach: hidden}.complete()
		if err != nil {
			t.Fatal(err)
		}
		s := newSession(c, server)
		_, err = s.ask(t.Context(), hosts(1))
		s.close()
		if !fault.Is(err, fault.Unreachable) || fault.Cause(err) != "not reachable" {
			t.Errorf("%s: %s %v", name, fault.KindOf(err), err)
		}
		_, err = exchangeTKEY(t.Context(), c, "key.", []byte{1})
		if !fault.Is(err, fault.Unreachable) || fault.Cause(err) != "not reachable" {
			t.Errorf("%s, asked for a key: %s %v", name, fault.KindOf(err), err)
		}
	}
	t.Run("DNS that agrees on a key", func(t *testing.T) {
		c := serveTCP(t, -1, (&gssServer{lifetime: time.Hour}).serve)
		c.Reach, c.Dial = hidden, hidden.Dial
		if _, err := exchangeTKEY(t.Context(), c, "key.", []byte{1}); err != nil {
			t.Errorf("got %v", err)
		}
	})
	t.Run("DNS itself", func(t *testing.T) {
		// A server answers the questions of one connection side by side.
		var asked atomic.Int32
		c := serveTCP(t, -1, func(w mdns.ResponseWriter, m *mdns.Msg) {
			if asked.Add(1) > 1 {
				w.Close()
				return
			}
			_ = w.WriteMsg(new(mdns.Msg).SetReply(m))
		})
		c.Reach = hidden
		c.Dial = hidden.Dial
		s := newSession(c, c.Server)
		defer s.close()
		if _, err := s.ask(t.Context(), hosts(1)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ask(t.Context(), hosts(3)); err == nil || !strings.Contains(err.Error(), "closed the connection without an answer") && fault.Cause(err) != "not reachable" {
			t.Errorf("got %v", err)
		}
	})
}
