package winrm

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// pipes is a listener whose connections are pipes in memory, so that tests can use the fake time
// of a synctest bubble.
type pipes struct {
	offered chan net.Conn
	closed  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.offered:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error { close(p.closed); return nil }

func (*pipes) Addr() net.Addr { return &net.TCPAddr{} }

// lateWriter returns from a write some time after the octets went out, like a thread that has to
// wait for a processor.
type lateWriter struct {
	net.Conn
	late time.Duration
}

func (s *lateWriter) Write(b []byte) (int, error) {
	n, err := s.Conn.Write(b)
	time.Sleep(s.late) // in the bubble's fake time; the test does not wait
	return n, err
}

// meters counts what a wire reports.
type meters struct{ requests, connections, sent, received atomic.Int64 }

func (m *meters) Request(sent int)   { m.requests.Add(1); m.sent.Add(int64(sent)) }
func (m *meters) Reply(received int) { m.received.Add(int64(received)) }
func (m *meters) Connection()        { m.connections.Add(1) }
func (*meters) Stray(int)            {}

// bench is a wire to a server in the same bubble.
type bench struct {
	*testing.T
	wire   *wire
	meter  meters
	server *http.Server
	late   time.Duration
}

// authority gives the certificate of net/http's own test server. It is valid from 1970 to 2084,
// and so at the fake time of every bubble.
func authority(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return &tls.Config{Certificates: server.TLS.Certificates}, roots
}

// inBubble runs a test with a wire to a server that answers as handle does.
func inBubble(t *testing.T, handle http.HandlerFunc, test func(*bench)) {
	t.Helper()
	served, roots := authority(t)
	synctest.Test(t, func(t *testing.T) {
		l := &pipes{offered: make(chan net.Conn), closed: make(chan struct{})}
		b := &bench{T: t, server: &http.Server{Handler: handle}}
		go func() { _ = b.server.Serve(tls.NewListener(l, served)) }()
		b.wire = newWire(&tls.Config{RootCAs: roots, ServerName: "example.com"}, Options{Meter: &b.meter, EnvelopeSize: 1000, ConnectTimeout: time.Minute})
		b.wire.dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			select {
			case l.offered <- theirs:
				return &lateWriter{ours, b.late}, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		test(b)
		b.wire.CloseIdleConnections()
		b.server.Close()
		synctest.Wait()
	})
}

// post sends an envelope and gives the answer's text.
func (b *bench) post(ctx context.Context) (string, error) {
	b.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://example.com:5986/wsman", strings.NewReader("<envelope/>"))
	if err != nil {
		b.Fatal(err)
	}
	response, err := b.wire.RoundTrip(request)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

func repeat(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }

// TestConnectionIsKept: a connection is signed in, so a delay on the manager's side must not make
// it be replaced.
func TestConnectionIsKept(t *testing.T) {
	cases := map[string]struct {
		reason      string
		late, pause time.Duration
		connections int64
	}{
		"at once":      {"one connection for all requests", 0, 0, 1},
		"late writer":  {"net/http gives a connection up whose writer is 50 ms behind the answer", time.Second, 0, 1},
		"quiet":        {"a minute and a half without a request", 0, 90 * time.Second, 1},
		"quiet longer": {"HTTP.sys will close it soon, perhaps while a request is on its way", 0, 110 * time.Second, 3},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			inBubble(t, repeat, func(b *bench) {
				b.late = c.late
				for range 3 {
					if got, err := b.post(b.Context()); err != nil || got != "<envelope/>" {
						b.Fatalf("%q, %v", got, err)
					}
					time.Sleep(c.pause)
				}
				if n := b.meter.connections.Load(); n != c.connections {
					b.Errorf("%s: %d connections, want %d", c.reason, n, c.connections)
				}
				if diff := cmp.Diff([]int64{3, 33, 33}, []int64{b.meter.requests.Load(), b.meter.sent.Load(), b.meter.received.Load()}); diff != "" {
					b.Errorf("requests, octets out and in (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestConnectionIsReplaced: a connection that cannot carry the next request is replaced.
func TestConnectionIsReplaced(t *testing.T) {
	cases := map[string]struct {
		reason string
		first  http.HandlerFunc
		fails  string
	}{
		"host says so": {"it closes after this answer", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			repeat(w, r)
		}, ""},
		"host closes": {"the answer never comes", func(w http.ResponseWriter, _ *http.Request) { hijack(w, "") }, "EOF"},
		"half an answer": {"what there is of it counts for nothing",
			func(w http.ResponseWriter, _ *http.Request) {
				hijack(w, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
			}, "the answer broke off"},
		"too much": {"bodies are bounded", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat("x", 4001))
		}, "larger than 4000 bytes"},
		"endless head": {"heads are bounded too", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 1<<20))
		}, "EOF"},
		"interim": {"an answer before the answer is passed over", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusProcessing)
			w.Header().Set("Connection", "close")
			repeat(w, r)
		}, ""},
		"unasked": {"what comes after an answer belongs to no request", func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 408 Request Timeout\r\n\r\n")
		}, ""},
		"not HTTP": {"somebody else listens there", func(w http.ResponseWriter, _ *http.Request) { hijack(w, "220 mail ready\r\n") }, "malformed HTTP"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			asked := 0
			handle := func(w http.ResponseWriter, r *http.Request) {
				if asked++; asked == 1 {
					c.first(w, r)
					return
				}
				repeat(w, r)
			}
			inBubble(t, handle, func(b *bench) {
				_, err := b.post(b.Context())
				if (err != nil) != (c.fails != "") || err != nil && (!strings.Contains(err.Error(), c.fails) || neverSent(err)) {
					b.Errorf("%s: got %v", c.reason, err)
				}
				synctest.Wait()
				if got, err := b.post(b.Context()); err != nil || got != "<envelope/>" {
					b.Errorf("%s: then %q, %v", c.reason, got, err)
				}
				if n := b.meter.connections.Load(); n != 2 {
					b.Errorf("%s: %d connections", c.reason, n)
				}
			})
		})
	}
}

// hijack writes the text to the TCP connection, past the HTTP server, and closes the connection.
func hijack(w http.ResponseWriter, text string) {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(connection, text)
	connection.Close()
}

// TestRequestIsGivenUp: the error of a request whose context ended is the context's cause, not the
// error that closing the connection made. The next request does not read the late answer.
func TestRequestIsGivenUp(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Hour)
		repeat(w, r)
	}
	inBubble(t, slow, func(b *bench) {
		ctx, cancel := context.WithTimeoutCause(b.Context(), time.Minute, errNoAnswer)
		defer cancel()
		if _, err := b.post(ctx); !errors.Is(err, errNoAnswer) || neverSent(err) {
			b.Errorf("got %v", err)
		}
		waiting, stop := context.WithCancel(b.Context())
		go func() { time.Sleep(time.Minute); stop() }()
		other := make(chan error, 1)
		go func() { _, err := b.post(b.Context()); other <- err }()
		synctest.Wait()
		if _, err := b.post(waiting); !errors.Is(err, context.Canceled) || !neverSent(err) {
			b.Errorf("one that waited for its turn: got %v", err)
		}
		if err := <-other; err != nil {
			b.Errorf("the one before it: %v", err)
		}
	})
}
