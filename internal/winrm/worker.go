package winrm

import (
	"context"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/remote"
)

// Info is what the host reported about its PowerShell when the worker became ready.
type Info struct {
	Version      string `json:"version"` // of PowerShell, e.g. "5.1.17763.1007"
	LanguageMode string `json:"mode"`    // "FullLanguage"
	Host         string `json:"host"`    // the machine's NetBIOS name
}

// Worker is one PowerShell on one host. It is safe for concurrent use; calls
// run one after the other.
type Worker struct {
	*remote.Life // how long it can be called, and which call has the turn
	talk         *talk
	shell        *shell

	options Options
	info    Info
	silent  chan struct{} // closed when listen has ended
	closed  bool          // guarded by the turn
}

var _ remote.Session = (*Worker)(nil)

func newWorker(host string, s *shell, o Options) *Worker {
	return &Worker{
		Life: remote.NewLife(host, o.MaxAge, o.Clock), talk: newTalk(o.Meter), shell: s,
		options: o, silent: make(chan struct{}),
	}
}

// Info describes the host's PowerShell.
func (w *Worker) Info() Info { return w.info }

// ask sends the line and waits for its reply.
func (w *Worker) ask(ctx context.Context, name, line string) (reply, error) {
	sending, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer contain.AfterFunc(w.Context(), name, w.Host, func() { cancel(w.Err()) })()
	if begun, err := w.shell.write(sending, line); err != nil {
		return reply{}, w.drop(name, begun, err)
	}
	select {
	case r := <-w.talk.replies:
		return r, nil
	case <-ctx.Done():
		return reply{}, w.drop(name, true, context.Cause(ctx))
	case <-w.Done():
	}
	// The last output of a process that ended may contain the reply.
	select {
	case r := <-w.talk.replies:
		return r, nil
	default:
		return reply{}, w.drop(name, true, w.Err())
	}
}

// drop ends the worker and returns what is known of the call. Once the host may have
// seen the request, the request is never sent again.
func (w *Worker) drop(name string, begun bool, err error) error {
	why := explain(name, w.Host, err)
	if begun {
		return w.Lose(name, why)
	}
	w.End(why)
	return why
}
