package wsman

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strconv"
)

// exchange is one HTTP request and its reply.
type exchange struct {
	w       http.ResponseWriter
	r       *http.Request
	session *session
	account Account
	sealed  bool // the request was encrypted, so the reply is too
}

// reply sends an envelope.
func (x *exchange) reply(status int, envelope []byte) {
	body := x.head(envelope)
	x.w.WriteHeader(status)
	_, _ = x.w.Write(body) // fails only when the client has closed the connection
}

// half sends only the first half of an envelope.
func (x *exchange) half(status int, envelope []byte) {
	body := x.head(envelope)
	x.w.WriteHeader(status)
	_, _ = x.w.Write(body[:len(body)/2])
	_ = http.NewResponseController(x.w).Flush() // the connection ends anyway
	_ = x.tcp().Close()
}

// head sets the headers and gives the body as it goes over the wire.
func (x *exchange) head(envelope []byte) []byte {
	contentType := soapType
	if x.sealed {
		protocol := sealProtocol(x.r.Header.Get("Content-Type"))
		contentType, envelope = fmt.Sprintf(sealedType, protocol), seal(x.session.sealer, protocol, envelope)
	}
	x.w.Header().Set("Content-Type", contentType)
	x.w.Header().Set("Content-Length", strconv.Itoa(len(envelope)))
	return envelope
}

// cut ends the connection without a reply.
func (x *exchange) cut() {
	if c, ok := x.tcp().(*conn); ok {
		c.reset()
	}
}

// tcp is the connection below TLS.
func (x *exchange) tcp() net.Conn {
	if t, ok := x.session.conn.(*tls.Conn); ok {
		return t.NetConn()
	}
	return x.session.conn
}
