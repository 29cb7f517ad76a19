package hostile

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	mdns "github.com/miekg/dns"
)

// NameServer is a DNS server that means harm. It listens on one port of a loopback address.
type NameServer struct {
	Kind string
	// Asking is how many connections are open, and Asked how many questions came.
	Asking, Asked atomic.Int64

	listener net.Listener
	answer   func(*mdns.Msg) *mdns.Msg // nil: the question has no answer
	pause    time.Duration             // before each answer
	all      sync.WaitGroup
}

// slowly is just shorter than a client waits for one answer.
const slowly = 4700 * time.Millisecond

// NameServers starts one server of each kind.
func NameServers() ([]*NameServer, error) {
	var out []*NameServer
	for _, kind := range []struct {
		name   string
		pause  time.Duration
		answer func(*mdns.Msg) *mdns.Msg
	}{
		{"slow", slowly, nothing},
		{"silent", 0, func(*mdns.Msg) *mdns.Msg { return nil }},
		{"many-addresses", 0, manyServers(1, 400)},
		{"far-too-many-addresses", 0, manyServers(1, 4000)},
		{"many-names", 0, manyServers(300, 20)},
		{"large-answers", 0, large},
	} {
		s, err := ServeNames(kind.name, kind.pause, kind.answer)
		if err != nil {
			return out, err
		}
		out = append(out, s)
	}
	return out, nil
}

// SlowNameServer answers each question just in time.
func SlowNameServer() (*NameServer, error) { return ServeNames("slow", slowly, nothing) }

// ServeNames starts a server that answers as the function says.
func ServeNames(kind string, pause time.Duration, answer func(*mdns.Msg) *mdns.Msg) (*NameServer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &NameServer{Kind: kind, listener: l, answer: answer, pause: pause}
	s.all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.Asking.Add(1)
			go func() {
				defer s.Asking.Add(-1)
				defer c.Close()
				s.serve(c)
			}()
		}
	})
	return s, nil
}

// Address is host:port.
func (s *NameServer) Address() string { return s.listener.Addr().String() }

// Close ends the listener.
func (s *NameServer) Close() {
	_ = s.listener.Close()
	s.all.Wait()
}

func (s *NameServer) serve(c net.Conn) {
	for {
		var length [2]byte
		if _, err := io.ReadFull(c, length[:]); err != nil {
			return
		}
		raw := make([]byte, binary.BigEndian.Uint16(length[:]))
		m := new(mdns.Msg)
		if _, err := io.ReadFull(c, raw); err != nil || m.Unpack(raw) != nil || len(m.Question) != 1 {
			return
		}
		s.Asked.Add(1)
		time.Sleep(s.pause)
		reply := s.answer(m)
		if reply == nil {
			continue
		}
		packed, err := reply.Pack()
		if err != nil {
			return
		}
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packed))), packed...)); err != nil {
			return
		}
	}
}

// nothing says that there is no such name.
func nothing(m *mdns.Msg) *mdns.Msg {
	reply := new(mdns.Msg).SetRcode(m, mdns.RcodeNameError)
	reply.Authoritative = true
	soa, _ := mdns.NewRR("contoso.com. 60 SOA ns1.contoso.com. hostmaster.contoso.com. 1 2 3 4 5")
	reply.Ns = []mdns.RR{soa}
	return reply
}

// manyServers gives a zone so many name servers, each with so many addresses.
func manyServers(names, addresses int) func(*mdns.Msg) *mdns.Msg {
	return func(m *mdns.Msg) *mdns.Msg {
		q, lines := m.Question[0], []string{}
		switch {
		case q.Qtype == mdns.TypeNS:
			for i := range names {
				lines = append(lines, fmt.Sprintf("%s 60 NS ns%d.contoso.com.", q.Name, i))
			}
		case q.Qtype == mdns.TypeA && strings.HasPrefix(q.Name, "ns"):
			for i := range addresses {
				lines = append(lines, fmt.Sprintf("%s 60 A 127.77.%d.%d", q.Name, i/250, i%250+1))
			}
		default:
			return nothing(m)
		}
		reply := new(mdns.Msg).SetReply(m)
		reply.Authoritative, reply.Compress = true, true
		for _, line := range lines {
			rr, _ := mdns.NewRR(line)
			reply.Answer = append(reply.Answer, rr)
		}
		return reply
	}
}

// large answers with as much beside the question as a message holds.
func large(m *mdns.Msg) *mdns.Msg {
	reply := nothing(m)
	for range 230 {
		reply.Extra = append(reply.Extra, &mdns.TXT{Hdr: mdns.RR_Header{Name: ".", Rrtype: mdns.TypeTXT, Class: mdns.ClassINET}, Txt: []string{strings.Repeat("x", 250)}})
	}
	return reply
}
