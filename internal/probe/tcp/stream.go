package tcp

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/fedroute/fedroute/internal/probe"
)

const streamsNS = "http://etherx.jabber.org/streams"

// headerLimit bounds what is read while waiting for the stream header.
const headerLimit = 8 << 10

// afterthought is how long the other side may take between its stream header and
// what follows it: its features, or the error with which it closes the stream.
const afterthought = time.Second

// openStream opens a server-to-server stream to the domain (RFC 6120, 4.7) and waits
// for the other side's stream header. A server sends a header even when it does not
// serve the domain, and sends an error after it (4.9.1.2).
func openStream(_ context.Context, connection net.Conn, target probe.Target) (answer, error) {
	var domain bytes.Buffer
	// A bytes.Buffer takes every write.
	_ = xml.EscapeText(&domain, []byte(target.Domain))
	_, err := fmt.Fprintf(connection, "<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='jabber:server' xmlns:stream='%s'>",
		domain.Bytes(), streamsNS)
	if err != nil {
		return answer{}, err
	}
	reply := &io.LimitedReader{R: connection, N: headerLimit}
	decoder := xml.NewDecoder(reply)
	header, err := nextElement(decoder)
	if err != nil && reply.N == 0 {
		return answer{}, errNotXMPP
	}
	if err != nil {
		return answer{}, err
	}
	if header.Name != (xml.Name{Space: streamsNS, Local: "stream"}) {
		return answer{}, errNotXMPP
	}
	_ = connection.SetReadDeadline(time.Now().Add(afterthought))
	if unserved(decoder) {
		return answer{}, fmt.Errorf("it does not serve %s", target.Domain)
	}
	// Only politeness: the answer is known already, so an error does not matter.
	_, _ = io.WriteString(connection, "</stream:stream>")
	return answer{words: "XMPP stream opened" + from(header)}, nil
}

var errNotXMPP = errors.New("what answers is not XMPP")

// unserved reads what follows the header and reports whether the server says that it
// does not serve the domain. Other stream errors do not count: they are about this
// client, which the server does not know. Silence does not count either.
func unserved(decoder *xml.Decoder) bool {
	first, err := nextElement(decoder)
	if err != nil || first.Name != (xml.Name{Space: streamsNS, Local: "error"}) {
		return false
	}
	condition, err := nextElement(decoder)
	return err == nil && (condition.Name.Local == "host-unknown" || condition.Name.Local == "host-gone")
}

func nextElement(decoder *xml.Decoder) (xml.StartElement, error) {
	for {
		token, err := decoder.Token()
		if _, malformed := errors.AsType[*xml.SyntaxError](err); malformed {
			return xml.StartElement{}, errNotXMPP
		}
		if err != nil {
			return xml.StartElement{}, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			return token, nil
		case xml.CharData:
			if len(bytes.TrimSpace(token)) > 0 {
				return xml.StartElement{}, errNotXMPP
			}
		}
	}
}

func from(header xml.StartElement) string {
	for _, attribute := range header.Attr {
		if attribute.Name.Local == "from" && attribute.Value != "" {
			return " by " + attribute.Value
		}
	}
	return ""
}
