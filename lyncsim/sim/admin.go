package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// maxBody bounds a request to the admin endpoint.
const maxBody = 1 << 20

// route is one path of the admin endpoint. The result of do is written back as JSON;
// nil writes {"done": true}.
type route struct {
	pattern string
	about   string
	do      func(*Organization, request) (any, error)
}

// serveAdmin opens the admin endpoint. Its connections never wait for one
// another, so a slow command does not hide the state.
func (o *Organization) serveAdmin() {
	o.admin = &http.Server{Handler: o.adminHandler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = o.admin.Serve(o.door) }() // ends when the door closes
}

func (o *Organization) adminHandler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range routes {
		mux.HandleFunc(r.pattern, func(w http.ResponseWriter, hr *http.Request) {
			if err := fromHere(hr); err != nil {
				reply(w, nil, err)
				return
			}
			answer, err := r.do(o, request{hr})
			reply(w, answer, err)
		})
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { reply(w, help(), nil) })
	return mux
}

// help lists every path with its description.
func help() map[string]string {
	out := map[string]string{}
	for _, r := range routes {
		out[r.pattern] = r.about
	}
	return out
}

// fromHere refuses requests of web pages. It refuses requests with an Origin header,
// which browsers send, and requests for a host name other than localhost, because a
// foreign DNS server can point a name at loopback.
func fromHere(r *http.Request) error {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	addr, err := netip.ParseAddr(host)
	if (err != nil || !addr.IsLoopback()) && host != "localhost" || r.Header.Get("Origin") != "" {
		return refusal.New(refusal.Denied, "use", "the admin endpoint", "it is for programs on this machine, by its loopback address")
	}
	return nil
}

// request is the request that a handler receives.
type request struct{ *http.Request }

// actor is the actor that the journal names for the request. By default that is a
// person; ?as= names another.
func (r request) actor() farm.Actor {
	user := r.URL.Query().Get("as")
	if user == "" {
		user = "a person"
	}
	return farm.Actor{User: user, Machine: "admin endpoint", Command: r.Method + " " + r.URL.Path}
}

// body reads the JSON body. An empty body leaves into as it is.
func (r request) body(into any) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return refusal.New(refusal.Invalid, "read", "the request", err.Error())
	}
	return nil
}

func reply(w http.ResponseWriter, answer any, err error) {
	status := http.StatusOK
	if err != nil {
		status = statusOf(err)
		answer = map[string]string{"error": refusal.Sentence(err), "kind": string(refusal.KindOf(err))}
	}
	if answer == nil {
		answer = map[string]bool{"done": true}
	}
	raw, err := json.MarshalIndent(answer, "", "  ")
	if err != nil {
		status, raw = http.StatusInternalServerError, fmt.Appendf(nil, `{"error": %q}`, err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(raw, '\n'))
}

var statuses = map[refusal.Kind]int{
	refusal.Invalid:     http.StatusBadRequest,
	refusal.Denied:      http.StatusForbidden,
	refusal.Refused:     http.StatusConflict,
	refusal.Conflict:    http.StatusConflict,
	refusal.Busy:        http.StatusConflict,
	refusal.Unreachable: http.StatusServiceUnavailable,
	refusal.Unsupported: http.StatusNotImplemented,
}

func statusOf(err error) int {
	if s, ok := statuses[refusal.KindOf(err)]; ok {
		return s
	}
	return http.StatusInternalServerError
}
