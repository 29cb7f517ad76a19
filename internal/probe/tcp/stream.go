package tcp

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/fedroute/fedroute/internal/probe"
)

const streamsNS = "http://etherx.jabber.org/streams"

// headerLimit bounds what is read while waiting for the stream header.
const headerLimit = 8 << 10

// openStream opens a server-to-server stream to the domain (RFC 6120, 4.7) and
// waits for the other side's stream header.
func openStream(_ context.Context, connection net.Conn, target probe.Target) (string, error) {
	var domain bytes.Buffer
	// A bytes.Buffer takes every write.
	_ = xml.EscapeText(&domain, []byte(target.Domain))
	_, err := fmt.Fprintf(connection, "<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='jabber:server' xmlns:stream='%s'>",
		domain.Bytes(), streamsNS)
	if err != nil {
		return "", err
	}
	reply := &io.LimitedReader{R: connection, N: headerLimit}
	header, err := firstElement(reply)
	if err != nil && reply.N == 0 {
		return "", errNotXMPP
	}
	if err != nil {
		return "", err
	}
	if header.Name != (xml.Name{Space: streamsNS, Local: "stream"}) {
		return "", errNotXMPP
	}
	// Good manners only; the answer is known.
	_, _ = io.WriteString(connection, "</stream:stream>")
	return "XMPP stream opened" + from(header), nil
}

var errNotXMPP = errors.New("what answers is not XMPP")

func firstElement(r io.Reader) (xml.StartElement, error) {
	decoder := xml.NewDecoder(r)
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
