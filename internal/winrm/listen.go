package winrm

import (
	"fmt"

	"github.com/fedroute/fedroute/internal/fault"
)

const opListen = "read from PowerShell on"

// listen receives until the worker ends. It is the only reader of the shell; a
// Receive is outstanding all the time, which keeps the shell from idling out and
// tells at once when the process dies.
func (w *Worker) listen() {
	defer close(w.silent)
	out := &printed{tag: w.tag, limit: w.options.MaxReply}
	for w.Healthy() {
		got, err := w.shell.read(w.life)
		if err != nil {
			w.end(explain(opListen, w.host, err))
			return
		}
		replies, err := out.take(got)
		if err != nil {
			w.end(explain(opListen, w.host, err))
			return
		}
		w.deliver(replies, out.strayLines())
		if got.ended {
			w.end(w.obituary(out, got.exitCode))
		}
	}
}

// delivered stands in awaited when the call in flight has its reply.
const delivered = -1

// deliver hands over the reply that somebody waits for. There is at most one: a
// script that prints frames of its own only adds to the stray lines.
func (w *Worker) deliver(replies []reply, stray int) {
	var wanted []reply
	for _, r := range replies {
		id := w.awaited.Load()
		if r.ID == 0 && r.Error != nil {
			r.ID = id // the request line itself could not be read there
		}
		ours := id != delivered && r.ID == id && r.Ready == (id == 0)
		if !ours || !w.awaited.CompareAndSwap(id, delivered) {
			stray++
			continue
		}
		wanted = append(wanted, r)
	}
	if stray > 0 {
		w.options.Meter.Stray(stray)
	}
	for _, r := range wanted {
		w.replies <- r // has room: one reply per call
	}
}

// obituary says why the process may have ended.
func (w *Worker) obituary(out *printed, exitCode int) error {
	if out.unsupported != "" {
		return fault.New(fault.Unsupported, opDial, w.host,
			"its PowerShell cannot run the worker (language mode and version: "+out.unsupported+")").
			With("nothing can be read or changed there",
				"allow Full Language Mode for the account, or install Windows Management Framework 5.1")
	}
	cause := fmt.Sprintf("PowerShell ended with exit code %d", exitCode)
	if said := diagnosis(out.stderr); said != "" {
		cause += " and said: " + said
	}
	return fault.New(fault.Failed, opListen, w.host, cause).
		With("", "a new one is started with the next attempt")
}
