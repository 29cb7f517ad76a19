package edge

import (
	"bufio"
	"crypto/rand"
	"crypto/tls"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

// Namespaces of RFC 6120 and XEP-0220.
const (
	nsStream   = "http://etherx.jabber.org/streams"
	nsServer   = "jabber:server"
	nsTLS      = "urn:ietf:params:xml:ns:xmpp-tls"
	nsDialback = "jabber:server:dialback"
	nsErrors   = "urn:ietf:params:xml:ns:xmpp-streams"
)

// maxStream bounds the bytes that one partner may send on one connection.
const maxStream = 4 << 20

// serveXMPP serves port 5269: it opens the stream, offers STARTTLS and dialback, and
// accepts stanzas. It accepts a dialback key without asking the partner's own
// server, and drops stanzas, because only routing is simulated and not messaging.
func (l *Listeners) serveXMPP(c net.Conn, w farm.Listener) {
	s := &stream{listeners: l, conn: c, at: w}
	for s.open() {
		if !s.negotiate() {
			return
		}
	}
}

// stream is one partner's connection.
type stream struct {
	listeners *Listeners
	conn      net.Conn
	at        farm.Listener
	decoder   *xml.Decoder
	secure    bool
	domain    string // this organization's domain, as the partner named it
}

// open reads the partner's stream header and answers with its own.
func (s *stream) open() bool {
	_ = s.conn.SetDeadline(time.Now().Add(opening))
	text := bufio.NewReader(io.LimitReader(s.conn, maxStream))
	if first, err := text.Peek(1); err != nil || first[0] != '<' {
		return false
	}
	s.decoder = xml.NewDecoder(text)
	head, ok := s.next()
	if !ok || head.Name.Space != nsStream || head.Name.Local != "stream" {
		return false
	}
	s.domain = attr(head, "to")
	partner := attr(head, "from")
	if !s.say(`<?xml version='1.0'?><stream:stream xmlns='%s' xmlns:db='%s' xmlns:stream='%s' from='%s' to='%s' id='%s' version='1.0'>`,
		nsServer, nsDialback, nsStream, escape(s.domain), escape(partner), strings.ToLower(rand.Text())) {
		return false
	}
	if s.domain != "" && !s.listeners.farm.InXMPP(s.domain) {
		s.say(`<stream:error><host-unknown xmlns='%s'/></stream:error></stream:stream>`, nsErrors)
		return false
	}
	s.listeners.visited(Visit{Machine: s.at.Machine, Port: s.at.Port, Partner: partner})
	tlsOffer := ""
	if !s.secure {
		tlsOffer = fmt.Sprintf(`<starttls xmlns='%s'/>`, nsTLS)
	}
	return s.say(`<stream:features>%s<dialback xmlns='urn:xmpp:features:dialback'><errors/></dialback></stream:features>`, tlsOffer)
}

// negotiate handles elements until the stream ends. again reports that the stream
// starts anew under TLS.
func (s *stream) negotiate() (again bool) {
	for {
		_ = s.conn.SetDeadline(time.Now().Add(idle))
		e, ok := s.next()
		if !ok {
			return false
		}
		if e.Name.Space == nsTLS && e.Name.Local == "starttls" && !s.secure {
			return s.startTLS()
		}
		if s.decoder.Skip() != nil || !s.answer(e) {
			return false
		}
	}
}

func (s *stream) startTLS() bool {
	if s.decoder.Skip() != nil || !s.say(`<proceed xmlns='%s'/>`, nsTLS) {
		return false
	}
	conn := tls.Server(s.conn, s.listeners.tlsConfig(s.at))
	if conn.Handshake() != nil {
		return false
	}
	s.conn, s.secure = conn, true
	return true
}

// answer replies to dialback. Stanzas need no reply on a stream between servers.
func (s *stream) answer(e xml.StartElement) bool {
	if e.Name.Space != nsDialback {
		return true
	}
	verdict := "valid"
	if e.Name.Local == "verify" {
		verdict = "invalid" // this server never sent a key that could be verified
	}
	id := ""
	if v := attr(e, "id"); v != "" {
		id = fmt.Sprintf(" id='%s'", escape(v))
	}
	return s.say(`<db:%s from='%s' to='%s'%s type='%s'/>`, e.Name.Local, escape(attr(e, "to")), escape(attr(e, "from")), id, verdict)
}

// next gives the next start element; false at the end of the stream.
func (s *stream) next() (xml.StartElement, bool) {
	for {
		t, err := s.decoder.Token()
		if err != nil {
			return xml.StartElement{}, false
		}
		switch t := t.(type) {
		case xml.StartElement:
			return t, true
		case xml.EndElement:
			return xml.StartElement{}, false
		case xml.Directive: // a stream must not contain a DTD
			return xml.StartElement{}, false
		}
	}
}

func (s *stream) say(format string, args ...any) bool {
	_, err := fmt.Fprintf(s.conn, format, args...)
	return err == nil
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
