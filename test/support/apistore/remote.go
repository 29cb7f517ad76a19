package apistore

import (
	"context"
	"io"
	"net/http"
	"time"

	"k8s.io/client-go/rest"
)

// Remote is a real API server, with the faults on the way to it instead of in it. Lists do
// not lag there; watches do.
type Remote struct {
	server  *rest.Config
	faults  Faults
	streams streams
}

// Before puts the faults before a real API server.
func (f Faults) Before(server *rest.Config) *Remote { return &Remote{server: server, faults: f} }

// Config is for a client of the server. Faults know it by its name.
func (r *Remote) Config(name string) *rest.Config {
	c := rest.CopyConfig(r.server)
	c.QPS = -1
	c.Wrap(func(next http.RoundTripper) http.RoundTripper { return &way{r, name, next} })
	return c
}

// CutWatches ends the open watches of a client, or of all where the name is empty.
func (r *Remote) CutWatches(client string) {
	r.streams.cut(func(of string) bool { return client == "" || of == client })
}

// Watches counts the open watches.
func (r *Remote) Watches() int { return r.streams.count() }

// Close ends every watch. The server goes on.
func (r *Remote) Close() { r.CutWatches("") }

// way is the way of one client to the server.
type way struct {
	remote *Remote
	name   string
	next   http.RoundTripper
}

// RoundTrip asks the server, unless a fault keeps the client from it.
func (w *way) RoundTrip(sent *http.Request) (*http.Response, error) {
	info, err := paths.NewRequestInfo(sent)
	if err != nil {
		return nil, err
	}
	asked := Request{Client: w.name, Verb: info.Verb, Group: info.APIGroup, Resource: info.Resource,
		Subresource: info.Subresource, Namespace: info.Namespace, Name: info.Name}
	if err := w.remote.faults.before(sent.Context(), asked); err != nil {
		if sent.Body != nil {
			_ = sent.Body.Close()
		}
		return refusal(sent, err)
	}
	answer, err := w.next.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	if err := w.remote.faults.after(asked, answer.StatusCode); err != nil {
		_ = answer.Body.Close()
		return nil, err
	}
	if info.IsResourceRequest && info.Verb == "watch" {
		answer.Body = w.late(answer.Body)
	}
	return answer, nil
}

// late passes on what a watch says as late as the client lags, in its order.
func (w *way) late(from io.ReadCloser) io.ReadCloser {
	type part struct {
		bytes []byte
		at    time.Time
	}
	ctx, cancel := context.WithCancel(context.Background())
	forget := w.remote.streams.add(w.name, cancel)
	parts := make(chan part, 4096)
	go func() {
		defer close(parts)
		for {
			b := make([]byte, 4096)
			n, err := from.Read(b)
			select {
			case parts <- part{b[:n], time.Now()}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	out, in := io.Pipe()
	go func() {
		defer forget()
		defer from.Close()
		for {
			select {
			case <-ctx.Done():
				_ = in.Close()
				return
			case p, more := <-parts:
				if !more {
					_ = in.Close()
					return
				}
				for w.wait(ctx, p.at) {
				}
				if _, err := in.Write(p.bytes); err != nil {
					return
				}
			}
		}
	}()
	return body{out, cancel}
}

// wait waits a moment where the client may not know yet what was said then.
func (w *way) wait(ctx context.Context, said time.Time) bool {
	if w.remote.faults.Lag == nil || ctx.Err() != nil {
		return false
	}
	left := w.remote.faults.Lag(w.name) - time.Since(said)
	if left <= 0 {
		return false
	}
	timer := time.NewTimer(min(left, time.Second)) // the lag may end earlier
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return true
}
