package apistore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/audit"
	"k8s.io/apiserver/pkg/endpoints/request"
)

// caller is one client of the store.
type caller struct {
	store *Store
	name  string
}

var _ http.RoundTripper = (*caller)(nil)

var paths = &request.RequestInfoFactory{APIPrefixes: sets.NewString("api", "apis"), GrouplessAPIPrefixes: sets.NewString("api")}

// RoundTrip serves a request without a connection.
func (c *caller) RoundTrip(sent *http.Request) (*http.Response, error) {
	if sent.Body != nil {
		defer sent.Body.Close()
	}
	ctx, cancel := context.WithCancel(sent.Context())
	r := sent.Clone(ctx)
	if r.Body == nil {
		r.Body = http.NoBody
	}
	info, err := paths.NewRequestInfo(r)
	if err != nil {
		cancel()
		return nil, err
	}
	ctx = context.WithValue(audit.WithAuditContext(request.WithReceivedTimestamp(request.WithRequestInfo(ctx, info), time.Now())), callerKey{}, c)
	r = r.WithContext(ctx)
	r.RequestURI = r.URL.RequestURI()
	asked := Request{Client: c.name, Verb: info.Verb, Group: info.APIGroup, Resource: info.Resource,
		Subresource: info.Subresource, Namespace: info.Namespace, Name: info.Name}
	if err := c.store.faults.before(ctx, asked); err != nil {
		cancel()
		return refusal(sent, err)
	}
	if info.IsResourceRequest && info.Verb == "watch" {
		return c.stream(sent, r, cancel)
	}
	defer cancel()
	w := &answer{header: http.Header{}, code: http.StatusOK}
	c.store.serve(w, r, info)
	if err := sent.Context().Err(); err != nil {
		return nil, err
	}
	if err := c.store.faults.after(asked, w.code); err != nil {
		return nil, err
	}
	return w.response(sent, io.NopCloser(&w.body)), nil
}

// serve answers a request.
func (s *Store) serve(w http.ResponseWriter, r *http.Request, info *request.RequestInfo) {
	if !info.IsResourceRequest {
		s.discover(w, r)
		return
	}
	s.handler.ServeHTTP(w, r)
}

// refusal is the answer to a request that a fault refuses. An error that is no answer of an
// API server is a connection that fails.
func refusal(sent *http.Request, err error) (*http.Response, error) {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return nil, err
	}
	says := status.Status()
	says.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}
	w := &answer{header: http.Header{"Content-Type": {"application/json"}}, code: int(says.Code)}
	if seconds, ok := apierrors.SuggestsClientDelay(err); ok {
		w.header.Set("Retry-After", strconv.Itoa(seconds))
	}
	if err := json.NewEncoder(&w.body).Encode(says); err != nil {
		return nil, err
	}
	return w.response(sent, io.NopCloser(&w.body)), nil
}

// stream serves a watch until the client or the store ends it.
func (c *caller) stream(sent, r *http.Request, cancel context.CancelFunc) (*http.Response, error) {
	out, in := io.Pipe()
	w := &flow{answer: answer{header: http.Header{}, code: http.StatusOK}, in: in, began: make(chan struct{})}
	go func() {
		defer cancel()
		c.store.handler.ServeHTTP(w, r)
		w.begin()
		_ = in.Close()
	}()
	select {
	case <-w.began:
	case <-sent.Context().Done():
		_ = out.Close()
		cancel()
		return nil, sent.Context().Err()
	}
	return w.response(sent, body{out, cancel}), nil
}

// body ends the watch when the client closes it.
type body struct {
	*io.PipeReader
	cancel context.CancelFunc
}

func (b body) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}

// answer is an http.ResponseWriter that keeps what is written.
type answer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(code int) { a.code = code }

func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

// Flush and CloseNotify are here because the library looks for them. It waits for the end of
// the request's context.
func (a *answer) Flush() {}

func (a *answer) CloseNotify() <-chan bool { return nil }

func (a *answer) response(sent *http.Request, body io.ReadCloser) *http.Response {
	return &http.Response{Status: http.StatusText(a.code), StatusCode: a.code, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: body, ContentLength: -1, Request: sent}
}

// flow is an http.ResponseWriter that passes on what is written.
type flow struct {
	answer
	in    *io.PipeWriter
	once  sync.Once
	began chan struct{}
}

func (f *flow) begin() { f.once.Do(func() { close(f.began) }) }

func (f *flow) WriteHeader(code int) {
	f.code = code
	f.begin()
}

func (f *flow) Write(p []byte) (int, error) {
	f.begin()
	return f.in.Write(p)
}
