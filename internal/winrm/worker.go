package winrm

import (
	"context"
	"sync/atomic"
	"time"
)

// Info is what the host said about its PowerShell when the worker got ready.
type Info struct {
	Version      string `json:"version"` // of PowerShell, e.g. "5.1.17763.1007"
	LanguageMode string `json:"mode"`    // "FullLanguage"
	Host         string `json:"host"`    // the machine's NetBIOS name
}

// Worker is one PowerShell on one host. It is safe for concurrent use; calls
// run one after the other.
type Worker struct {
	host    string // of the endpoint, for people
	options Options
	born    time.Time
	info    Info
	tag     tag
	shell   *shell

	// life ends with the fault that ended the worker as its cause.
	life   context.Context
	end    context.CancelCauseFunc
	silent chan struct{} // closed when nothing is received any more

	turn    chan struct{}   // holds one token while a call runs
	calls   int64           // guarded by turn
	known   map[string]bool // by hash: scripts that the host has; guarded by turn
	closed  bool            // guarded by turn
	awaited atomic.Int64    // id of the call in flight, 0 for the ready frame
	replies chan reply
}

func newWorker(host string, s *shell, o Options) *Worker {
	w := &Worker{
		host: host, options: o, born: o.Clock(), tag: newTag(), shell: s,
		silent:  make(chan struct{}),
		turn:    make(chan struct{}, 1),
		known:   map[string]bool{},
		replies: make(chan reply, 1),
	}
	w.life, w.end = context.WithCancelCause(context.Background())
	return w
}

// Info tells about the host's PowerShell.
func (w *Worker) Info() Info { return w.info }

// Done is closed when the worker has ended: closed, or lost. It is then replaced
// by a new Dial, never revived.
func (w *Worker) Done() <-chan struct{} { return w.life.Done() }

// Err tells what ended the worker, nil while it lives.
func (w *Worker) Err() error { return context.Cause(w.life) }

// Healthy says whether the worker can still be called.
func (w *Worker) Healthy() bool { return w.life.Err() == nil }

// Expired says whether the worker is older than MaxAge and should be replaced
// before the host ends its shell.
func (w *Worker) Expired() bool { return w.options.Clock().Sub(w.born) > w.options.MaxAge }
