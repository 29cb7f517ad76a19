package chaos_test

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/controllers"
	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/remote"
)

// leak is what is broken in the manager on purpose, to see that it is found; nil: nothing.
type leak struct {
	series []string // where it has to be seen

	mu       sync.Mutex
	n        int
	ended    chan struct{}
	kept     [][]byte
	sessions []remote.Session
	dials    int
	closers  []io.Closer
}

func leakOf(series ...string) *leak { return &leak{series: series} }

func (l *leak) has(series string) bool { return l != nil && slices.Contains(l.series, series) }

// again counts what is left behind each time.
func (l *leak) again() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n++
	return l.n
}

// plant breaks the manager.
func (l *leak) plant(s *soaked, o *controllers.Options) {
	if l == nil {
		return
	}
	if l.ended == nil { // a channel of the bubble
		l.ended = make(chan struct{})
	}
	o.Prober = leakyProber{o.Prober, l, s}
	if l.has("shells") {
		dial := o.Dial
		o.Dial = func(ctx context.Context, e remote.Endpoint, c remote.Credentials) (remote.Session, error) {
			l.mu.Lock()
			l.dials++
			more := l.dials / 6 // Windows ends every shell after some hours: what grows is their number
			l.mu.Unlock()
			for range more {
				if forgotten, err := dial(ctx, e, c); err == nil {
					l.mu.Lock()
					l.sessions = append(l.sessions, forgotten)
					l.mu.Unlock()
				}
			}
			return dial(ctx, e, c)
		}
	}
	if l.has("events") {
		o.Recorder = leakyRecorder{o.Recorder, l}
	}
	if l.has("status (bytes)") {
		o.Client = leakyClient{o.Client, l}
	}
}

// mend ends what the leak has left behind, so that the bubble can end.
func (l *leak) mend(*soaked) {
	if l == nil {
		return
	}
	close(l.ended)
	for _, c := range l.closers {
		_ = c.Close()
	}
	for _, s := range l.sessions {
		_ = s.Close(context.Background())
	}
}

// leakyProber leaves something behind each time that a port is asked.
type leakyProber struct {
	probe.Prober
	*leak
	s *soaked
}

func (p leakyProber) Probe(ctx context.Context, t probe.Target) probe.Reading {
	n := p.again()
	if p.has("goroutines") {
		contain.Go("leak", "test", func() { <-p.ended }, func(error) {})
	}
	if p.has("heap of fedroute (KiB)") {
		p.mu.Lock()
		p.kept = append(p.kept, make([]byte, 64<<10))
		p.mu.Unlock()
	}
	if p.has("connections") {
		if c, err := p.s.network.Dial(ctx, netip.AddrFrom4([4]byte{127, 99, 0, 250}), "tcp", p.s.tenants[0].org.DNSServers()[0]); err == nil {
			p.keep(c)
		}
	}
	if p.has("watches") && n%8 == 0 {
		contain.Go("leak", "test", func() { p.watch() }, func(error) {})
	}
	if p.has("metrics") {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: fmt.Sprint("fedroute_leak_", n)})
		metrics.Registry.MustRegister(g)
		p.keep(closing(func() { metrics.Registry.Unregister(g) }))
	}
	return p.Prober.Probe(ctx, t)
}

// watch opens a watch again and again, as an informer does that nobody stops: the server
// ends each after half an hour.
func (p leakyProber) watch() {
	for {
		w, err := p.s.objects.Watch(p.s.ctx, &v1alpha1.FederationRouteList{})
		if err != nil {
			return
		}
		for open := true; open; {
			select {
			case _, open = <-w.ResultChan():
			case <-p.ended:
				w.Stop()
				return
			}
		}
	}
}

// keep notes what has to be closed in the end. Nobody may wait for time while he holds the mutex.
func (l *leak) keep(c io.Closer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closers = append(l.closers, c)
}

type closing func()

func (c closing) Close() error {
	c()
	return nil
}

// leakyRecorder writes more events each time.
type leakyRecorder struct {
	events.EventRecorder
	*leak
}

func (r leakyRecorder) Eventf(about, related runtime.Object, kind, reason, action, note string, args ...any) {
	r.EventRecorder.Eventf(about, related, kind, reason, action, note, args...)
	more := r.again() / 4
	contain.Go("leak", "test", func() {
		for n := range more { // an event's name has the time in it
			time.Sleep(time.Millisecond)
			r.EventRecorder.Eventf(about, related, kind, reason, fmt.Sprint(action, n), note, args...)
		}
	}, func(error) {})
}

// leakyClient makes status longer each time that it is written.
type leakyClient struct {
	client.Client
	*leak
}

func (c leakyClient) Status() client.SubResourceWriter { return leakyStatus{c.Client.Status(), c.leak} }

type leakyStatus struct {
	client.SubResourceWriter
	*leak
}

func (s leakyStatus) Patch(ctx context.Context, o client.Object, patch client.Patch, opts ...client.SubResourcePatchOption) error {
	if r, is := o.(*v1alpha1.FederationRoute); is && len(r.Status.Conditions) > 0 {
		r.Status.Conditions[0].Message += strings.Repeat(" again", min(s.again(), 4000))
	}
	return s.SubResourceWriter.Patch(ctx, o, patch, opts...)
}
