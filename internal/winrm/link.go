package winrm

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
)

// channel tells one connection of a wire from the next.
type channel struct {
	number int
	// binding is the application data of the channel binding; nil without TLS.
	binding []byte
}

// link is one connection to a host. Exchanges follow one another: each writes its
// request whole, then reads the answer whole.
type link struct {
	is         channel
	connection net.Conn
	allowance  *io.LimitedReader // octets that the host may still send in this answer
	reader     *bufio.Reader
	limit      int64 // octets of an answer's body
	// listen waits until turn has a token. It then waits for the first octet of an
	// answer or for the end of the connection, and sends nil or the error to heard.
	turn   chan struct{}
	heard  chan error
	rested time.Time // when the last exchange ended
	spoke  bool      // the host has answered in WSMan here; the user of the link reads and writes it
}

// idleConnection is shorter than the 120 s after which HTTP.sys closes a quiet
// connection. The client closes first, so it never sends a request into a connection
// that the host is closing.
const idleConnection = 100 * time.Second

func newLink(connection net.Conn, limit int64, is channel) *link {
	allowance := &io.LimitedReader{R: connection}
	l := &link{
		is: is, connection: connection, allowance: allowance, reader: bufio.NewReader(allowance), limit: limit,
		turn: make(chan struct{}, 1), heard: make(chan error, 1),
	}
	l.rest()
	contain.Go(opListen, connection.RemoteAddr().String(), l.listen, l.deaf)
	return l
}

// listen watches the connection between exchanges too. The link then learns of its
// end before it sends a request on it.
func (l *link) listen() {
	for range l.turn {
		_, err := l.reader.Peek(1)
		l.heard <- err
		if err != nil {
			l.connection.Close()
			return
		}
	}
}

// deaf ends a link whose listen has failed, and wakes an exchange that waits for an
// answer.
func (l *link) deaf(err error) {
	l.connection.Close()
	select {
	case l.heard <- err:
	default: // an earlier result is still unread; that one is enough
	}
}

// rest prepares the link for its next exchange.
func (l *link) rest() {
	l.allowance.N = 2*l.limit + 64<<10 // twice the body, and room for head and chunks
	l.rested = time.Now()
	l.turn <- struct{}{}
}

// usable reports whether the link can carry an exchange. A host that sent something
// without a request has ended the connection or is out of step.
func (l *link) usable() bool {
	return l != nil && len(l.heard) == 0 && time.Since(l.rested) < idleConnection
}

func (l *link) close() {
	if l != nil {
		l.connection.Close()
		close(l.turn)
	}
}

// exchange sends a request and reads the answer. whole is false when the exchange
// failed or the host wants to close the connection; the link cannot be used again
// then.
func (l *link) exchange(request *http.Request) (response *http.Response, whole bool, err error) {
	interrupt := contain.AfterFunc(request.Context(), "interrupt", request.URL.Host, func() { _ = l.connection.SetDeadline(time.Unix(1, 0)) })
	defer interrupt()
	if err := l.write(request); err != nil {
		return nil, false, err
	}
	if err := <-l.heard; err != nil {
		return nil, false, err
	}
	response, err = l.answer(request)
	if err != nil {
		return nil, false, err
	}
	body, err := l.read(response)
	if err != nil {
		return nil, false, err
	}
	response.Body = &answerBody{bytes.NewReader(body)}
	return response, !response.Close && l.reader.Buffered() == 0 && interrupt(), nil
}

// answerBody is an answer's body that has already been read into memory.
type answerBody struct{ *bytes.Reader }

// Close does nothing; the body is in memory.
func (*answerBody) Close() error { return nil }

func (l *link) write(request *http.Request) error {
	out := bufio.NewWriterSize(l.connection, 32<<10)
	if err := request.Write(out); err != nil {
		return err
	}
	return out.Flush()
}

// answer reads the head of the answer and skips interim answers (RFC 9110 section
// 15.2).
func (l *link) answer(request *http.Request) (*http.Response, error) {
	for {
		response, err := http.ReadResponse(l.reader, request)
		if err != nil || response.StatusCode >= http.StatusOK {
			return response, err
		}
		if response.StatusCode == http.StatusSwitchingProtocols {
			return nil, errors.New("the host speaks another protocol than HTTP")
		}
	}
}

func (l *link) read(response *http.Response) ([]byte, error) {
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, l.limit+1))
	if err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	if int64(len(body)) > l.limit {
		return nil, fmt.Errorf("the answer is larger than %d bytes", l.limit)
	}
	return body, nil
}
