package winrm_test

import (
	"runtime"
	"testing"

	"github.com/fedroute/fedroute/internal/winrm"
)

// TestBudget counts the cost of a call. By the design of the worker, a call takes two requests
// and no new connection, and it leaves no goroutine behind.
func TestBudget(t *testing.T) {
	const calls = 200
	h := newHost(t, echo)
	meter := &counter{}
	w := h.dial(t, winrm.Options{Meter: meter})
	call(t, w, nil)
	requests, connections, goroutines := meter.requests.Load(), meter.connections.Load(), runtime.NumGoroutine()
	for range calls {
		call(t, w, map[string]string{"Identity": "edge01.contoso.com"})
	}
	perCall := float64(meter.requests.Load()-requests) / calls
	if perCall > 2.1 {
		t.Errorf("%.2f HTTP requests per call, want at most 2.1", perCall)
	}
	if connections != 2 || meter.connections.Load() != 2 {
		t.Errorf("%d connections after the first call, %d at the end; want 2", connections, meter.connections.Load())
	}
	// A few goroutines may belong to a request that is just ending. One per call would be 200.
	if grown := runtime.NumGoroutine() - goroutines; grown > 10 {
		t.Errorf("%d goroutines more after %d calls", grown, calls)
	}
	t.Logf("%.2f requests, %d bytes out and %d in per call", perCall, meter.sent.Load()/(calls+1), meter.received.Load()/(calls+1))
}

// TestNothingIsLeftBehind opens and closes workers and waits until their goroutines have ended.
func TestNothingIsLeftBehind(t *testing.T) {
	h := newHost(t, echo)
	before := runtime.NumGoroutine()
	for range 10 {
		w := h.dial(t, winrm.Options{})
		call(t, w, nil)
		if err := w.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// The connections' goroutines end soon after the close; wait for them, however long.
	for runtime.NumGoroutine() > before {
		runtime.Gosched()
	}
}

func BenchmarkCall(b *testing.B) {
	h := newHost(b, echo)
	w := h.dial(b, winrm.Options{})
	arguments := map[string]string{"Identity": "edge01.contoso.com"}
	call(b, w, arguments)
	b.ReportAllocs()
	for b.Loop() {
		call(b, w, arguments)
	}
}
