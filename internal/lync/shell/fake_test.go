package shell_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
)

const (
	first  = "https://fe01.contoso.com:5986/wsman"
	second = "https://fe02.contoso.com:5986/wsman"
	edge   = "https://edge01.contoso.com:5986/wsman"
)

// answer is how a fake host answers a request.
type answer func(ctx context.Context, request remote.Request) (string, error)

func says(reply string) answer {
	return func(context.Context, remote.Request) (string, error) { return reply, nil }
}

func fails(err error) answer {
	return func(context.Context, remote.Request) (string, error) { return "", err }
}

// throws gives the error that a worker returns when the script ended with an error record.
func throws(id, category, message string) error {
	remote := &remote.ScriptError{ID: id, Category: category, Message: message}
	return &fault.Error{Kind: fault.Failed, Op: "run", Cause: message, Err: remote}
}

func lost() error {
	return fault.New(fault.OutcomeUnknown, "call", "host", "the connection was lost")
}

// world stands for all hosts. Tests set its fields before its first use; they may change answers
// and refused between calls as well.
type world struct {
	mu       sync.Mutex
	answers  map[string]answer // by endpoint URL
	refused  map[string]error  // by endpoint URL: the error of dialing
	password string
	now      time.Time

	dials    []string        // endpoint URLs
	idle     []time.Duration // that each dial asks for
	requests []remote.Request
	asked    []string // endpoint URL of each request
	calls    []shell.Call
	workers  []*worker
	// busy counts the calls in flight by endpoint; most is the highest count so far.
	busy, most map[string]int
}

func newWorld() *world {
	return &world{
		answers: map[string]answer{}, refused: map[string]error{}, password: "one",
		now:  time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		busy: map[string]int{}, most: map[string]int{},
	}
}

// do calls f under the world's lock, so that f may read and change the world.
func (w *world) do(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

func (w *world) fleet(t *testing.T) *shell.Fleet {
	t.Helper()
	return w.fleetAt(t, remote.Endpoint{URL: first}, remote.Endpoint{URL: second})
}

func (w *world) fleetAt(t *testing.T, management ...remote.Endpoint) *shell.Fleet {
	t.Helper()
	return w.fleetWith(t, func(c *shell.Config) { c.Management = management })
}

// fleetWith makes a fleet of another configuration than most tests need.
func (w *world) fleetWith(t *testing.T, differs func(*shell.Config)) *shell.Fleet {
	t.Helper()
	credentials := func(context.Context) (c remote.Credentials, err error) {
		w.do(func() { c = remote.Credentials{Method: remote.Basic, Username: "admin", Password: w.password} })
		return c, nil
	}
	account := shell.Account{Management: credentials, Edge: func(ctx context.Context, _ string) (remote.Credentials, error) { return credentials(ctx) }}
	config := shell.Config{
		Management: []remote.Endpoint{{URL: first}, {URL: second}},
		Reader:     account, Operator: account,
		EdgeServer: func(fqdn string) remote.Endpoint { return remote.Endpoint{URL: "https://" + fqdn + ":5986/wsman"} },
		Dial:       w.dial,
		Called:     func(c shell.Call) { w.do(func() { w.calls = append(w.calls, c) }) },
		Clock:      func() (now time.Time) { w.do(func() { now = w.now }); return now },
	}
	differs(&config)
	f := shell.NewFleet(config)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		f.Close(ctx)
	})
	return f
}

func (w *world) dial(_ context.Context, endpoint remote.Endpoint, _ remote.Credentials) (remote.Session, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dials, w.idle = append(w.dials, endpoint.URL), append(w.idle, endpoint.Idle)
	if err := w.refused[endpoint.URL]; err != nil {
		return nil, err
	}
	worker := &worker{world: w, url: endpoint.URL, healthy: true}
	w.workers = append(w.workers, worker)
	return worker, nil
}

type worker struct {
	world                    *world
	url                      string
	healthy, expired, closed bool
	left                     bool // closed without a word to the host
}

func (k *worker) Call(ctx context.Context, request remote.Request) (json.RawMessage, error) {
	w := k.world
	var act answer
	w.do(func() {
		w.requests = append(w.requests, request)
		w.asked = append(w.asked, k.url)
		w.busy[k.url]++
		w.most[k.url] = max(w.most[k.url], w.busy[k.url])
		act = w.answers[k.url]
	})
	reply, err := act(ctx, request)
	w.do(func() {
		w.busy[k.url]--
		if fault.Is(err, fault.OutcomeUnknown) {
			k.healthy = false
		}
	})
	return json.RawMessage(reply), err
}

func (k *worker) Healthy() (yes bool) { k.world.do(func() { yes = k.healthy }); return yes }
func (k *worker) Expired() (yes bool) { k.world.do(func() { yes = k.expired }); return yes }

func (k *worker) Close(ctx context.Context) error {
	k.world.do(func() { k.closed, k.healthy, k.left = true, false, ctx.Err() != nil })
	return nil
}

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
