package winrm

import (
	"fmt"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

const opListen = "read from PowerShell on"

// listen receives until the worker ends. It is the only reader of the shell. A
// Receive is outstanding all the time: it keeps the shell from idling out, and it
// returns at once when the process dies.
func (w *Worker) listen() {
	defer close(w.silent)
	out := &printed{tag: w.talk.tag, limit: w.options.MaxReply}
	var pace remote.Pace
	for w.Healthy() {
		got, err := w.shell.read(w.Context())
		if err != nil {
			w.End(explain(opListen, w.Host, err))
			return
		}
		replies, err := out.take(got)
		if err != nil {
			w.End(explain(opListen, w.Host, err))
			return
		}
		w.talk.deliver(replies, out.strayLines())
		if got.ended {
			w.End(w.obituary(out, got.exitCode))
		}
		_ = pace.Wait(w.Context(), len(got.stdout)+len(got.stderr)) // the loop sees that the worker has ended
	}
}

// obituary is the error for a worker whose process has ended. It says why, as far as
// that is known.
func (w *Worker) obituary(out *printed, exitCode int) error {
	if out.unsupported != "" {
		return fault.New(fault.Unsupported, opDial, w.Host,
			"its PowerShell cannot run the worker (language mode and version: "+out.unsupported+")").
			With("nothing can be read or changed there",
				"allow Full Language Mode for the account, or install Windows Management Framework 5.1")
	}
	cause := fmt.Sprintf("PowerShell ended with exit code %d", exitCode)
	if said := diagnosis(out.stderr); said != "" {
		cause += " and said: " + said
	}
	return fault.New(fault.Failed, opListen, w.Host, cause).
		With("", "a new one is started with the next attempt")
}
