package winrm

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"time"
)

// wire is the HTTP transport under a lane's sign-in: one connection, counted,
// with bodies read whole and within bounds. A body that is read frees the
// connection for the next leg of a sign-in.
type wire struct {
	transport *http.Transport
	meter     Meter
	limit     int64
}

// idleConnection is shorter than the 120 s after which HTTP.sys closes a quiet
// connection: who closes first cannot lose a request to the other's close.
const idleConnection = 100 * time.Second

func newWire(config *tls.Config, o Options) *wire {
	dialer := &net.Dialer{Timeout: o.ConnectTimeout}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &wire{
		meter: o.Meter,
		limit: int64(o.EnvelopeSize) * 4,
		transport: &http.Transport{
			// No proxy, not even from the environment: what signs in here is an
			// administrator.
			Proxy: nil,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				connection, err := dialer.DialContext(ctx, network, address)
				if err == nil {
					o.Meter.Connection()
				}
				return connection, err
			},
			TLSClientConfig:     config,
			TLSHandshakeTimeout: o.ConnectTimeout,
			MaxConnsPerHost:     1,
			MaxIdleConnsPerHost: 1,
			IdleConnTimeout:     idleConnection,
			DisableCompression:  true,
			Protocols:           protocols,
		},
	}
}

// neverSentError marks an exchange of which the host cannot have seen the
// envelope.
type neverSentError struct{ err error }

func (e *neverSentError) Error() string { return e.err.Error() }
func (e *neverSentError) Unwrap() error { return e.err }

func neverSent(err error) bool {
	_, ok := errors.AsType[*neverSentError](err)
	return ok
}

// RoundTrip sends one request and reads its whole reply.
func (w *wire) RoundTrip(request *http.Request) (*http.Response, error) {
	connected := false
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }}
	ctx := request.Context()
	w.meter.Request(int(request.ContentLength))
	response, err := w.transport.RoundTrip(request.WithContext(httptrace.WithClientTrace(ctx, trace)))
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		// Without a connection, or in a leg of the sign-in that has no body.
		if !connected || request.ContentLength == 0 {
			err = &neverSentError{err}
		}
		return nil, err
	}
	body, err := w.read(response)
	if err != nil {
		return nil, err
	}
	w.meter.Reply(len(body))
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

func (w *wire) read(response *http.Response) ([]byte, error) {
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, w.limit+1))
	if err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	if int64(len(body)) > w.limit {
		return nil, fmt.Errorf("the answer is larger than %d bytes", w.limit)
	}
	return body, nil
}

// CloseIdleConnections lets http.Client reach the connection through the sign-in.
func (w *wire) CloseIdleConnections() { w.transport.CloseIdleConnections() }
