package winrm

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/fedroute/fedroute/internal/reach"
)

// wire is the HTTP transport under a lane's sign-in. It has one connection, counts
// it, carries one request at a time, and reads answers whole and within bounds.
//
// It is not [http.Transport], which writes and reads in two goroutines. That
// transport gives a connection up when the writing goroutine has not reported its
// end within 50 ms of the answer, which happens on a busy machine. Replacing a
// connection costs a new sign-in here.
type wire struct {
	config  *tls.Config // nil: without TLS
	meter   Meter
	limit   int64
	timeout time.Duration // of connecting, and of the TLS handshake
	within  *reach.Policy
	dial    func(ctx context.Context, network, address string) (net.Conn, error) // that of within

	// kept holds the connection between requests, and nil when there is none yet. A
	// goroutine that has taken it is the only user of the wire until it puts it back.
	kept    chan *link
	closing atomic.Bool
	made    int // connections so far; the holder of the connection counts
}

func newWire(config *tls.Config, o Options) *wire {
	w := &wire{
		config: config, meter: o.Meter, limit: int64(o.EnvelopeSize) * 4, timeout: o.ConnectTimeout,
		within: o.Reach, dial: o.Reach.Dial, kept: make(chan *link, 1),
	}
	w.kept <- nil
	return w
}

// neverSentError marks an exchange whose envelope the host cannot have seen.
type neverSentError struct{ err error }

func (e *neverSentError) Error() string { return e.err.Error() }
func (e *neverSentError) Unwrap() error { return e.err }

func neverSent(err error) bool {
	_, ok := errors.AsType[*neverSentError](err)
	return ok
}

// errReplaced is the error of a request for a connection that has been replaced.
var errReplaced = errors.New("the connection was replaced")

// reach tells the connection of the next request, and connects first where needed.
func (w *wire) reach(ctx context.Context, address string) (channel, error) {
	l, err := w.take(ctx, address)
	if err != nil {
		return channel{}, &neverSentError{interruption(ctx, err)}
	}
	w.kept <- l
	return l.is, nil
}

// RoundTrip sends one request and reads its whole reply.
func (w *wire) RoundTrip(request *http.Request) (*http.Response, error) {
	return w.roundTrip(request, 0)
}

// roundTrip sends a request on the connection with the number. When that has been
// replaced the error is errReplaced, and nothing was sent. Number 0 stands for any.
func (w *wire) roundTrip(request *http.Request, number int) (*http.Response, error) {
	ctx := request.Context()
	w.meter.Request(int(request.ContentLength))
	l, err := w.take(ctx, request.URL.Host)
	if err == nil && number != 0 && l.is.number != number {
		w.kept <- l
		err = errReplaced
	}
	if err != nil {
		if request.Body != nil {
			request.Body.Close()
		}
		return nil, &neverSentError{interruption(ctx, err)}
	}
	whole := false
	defer func() { w.put(l, whole) }() // also after a panic: the next request waits for the connection
	var response *http.Response
	response, whole, err = l.exchange(request)
	if !l.spoke {
		if err = w.first(ctx, l, response, err); err != nil {
			whole = false
		}
	}
	switch {
	case err == nil:
		w.meter.Reply(int(response.Body.(*answerBody).Size()))
		return response, nil
	case request.ContentLength == 0: // one message of the sign-in
		return nil, &neverSentError{interruption(ctx, err)}
	}
	return nil, interruption(ctx, err)
}

// first judges the first answer of a connection, or the error in its place. Unless the host
// speaks WSMan, only what the wire's bounds let an editor learn comes back.
func (w *wire) first(ctx context.Context, l *link, response *http.Response, err error) error {
	at := l.connection.RemoteAddr()
	if err != nil {
		return w.within.Withhold(at, interruption(ctx, err))
	}
	l.spoke = speaksWSMan(response)
	if l.spoke || w.within.Tells(at) {
		return nil
	}
	err = w.within.Withhold(at, fmt.Errorf("what answers is not WSMan: HTTP %d", response.StatusCode))
	if response.StatusCode == http.StatusUnauthorized {
		return &neverSentError{err}
	}
	return err
}

// speaksWSMan reports whether an answer is one of WinRM: an envelope, sealed or not, or a
// sign-in that it offers or goes on with.
func speaksWSMan(response *http.Response) bool {
	for _, offer := range response.Header.Values("WWW-Authenticate") {
		scheme, rest, _ := strings.Cut(offer, " ")
		switch strings.ToLower(scheme) {
		case "negotiate", "kerberos", "credssp":
			return true
		case "basic":
			if strings.EqualFold(strings.TrimSpace(rest), `realm="WSMAN"`) {
				return true
			}
		}
	}
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return kind == "application/soap+xml" || kind == "multipart/encrypted" || kind == "multipart/x-multi-encrypted"
}

// interruption prefers the reason why ctx ended to the error that its end caused on
// the connection. What is withheld stays so.
func interruption(ctx context.Context, err error) error {
	if _, withheld := errors.AsType[*reach.WithheldError](err); withheld {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// take gives the connection, or a new one when the kept one cannot be used. The
// caller must put it back.
func (w *wire) take(ctx context.Context, address string) (*link, error) {
	var l *link
	select {
	case l = <-w.kept:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	w.closing.Store(false)
	if l.usable() {
		return l, nil
	}
	l.close()
	l, err := w.connect(ctx, address)
	if err != nil {
		w.kept <- nil
	}
	return l, err
}

// put gives back what was taken.
func (w *wire) put(l *link, whole bool) {
	if !whole || w.closing.Load() {
		l.close()
		w.kept <- nil
		return
	}
	l.rest()
	w.kept <- l
}

// connect uses no proxy, not even one from the environment, because the account that
// signs in here is an administrator's.
func (w *wire) connect(ctx context.Context, address string) (*link, error) {
	dialing, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	plain, err := w.dial(dialing, "tcp", address)
	if err != nil {
		return nil, err
	}
	w.meter.Connection()
	w.made++
	if w.config == nil {
		return newLink(plain, w.limit, channel{number: w.made}), nil
	}
	config := w.config.Clone()
	if config.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(address) // an endpoint always has both
	}
	secured := tls.Client(plain, config)
	shaking, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	if err := secured.HandshakeContext(shaking); err != nil {
		plain.Close()
		return nil, w.within.Withhold(plain.RemoteAddr(), interruption(ctx, err))
	}
	return newLink(secured, w.limit, channel{number: w.made, binding: binding(secured.ConnectionState())}), nil
}

// CloseIdleConnections is how http.Client reaches the connection through the
// sign-in. A connection that is in use is closed when its exchange ends.
func (w *wire) CloseIdleConnections() {
	w.closing.Store(true)
	select {
	case l := <-w.kept:
		l.close()
		w.kept <- nil
	default:
	}
}
