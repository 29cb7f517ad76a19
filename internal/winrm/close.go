package winrm

import (
	"context"

	"github.com/fedroute/fedroute/internal/fault"
)

// Close ends the worker, deletes its shell and ends the shell's PowerShell, within
// ctx. A call in flight ends with OutcomeUnknown. A worker that was lost is closed
// too, so that its shell does not count against the host's limit. Closing again does
// nothing.
//
// Faults: Unreachable, Denied, Failed; the host then removes the shell after its
// idle timeout.
func (w *Worker) Close(ctx context.Context) error {
	w.End(fault.New(fault.Unreachable, "use PowerShell on", w.Host, "the connection was closed by us").
		With("", "a new one is opened with the next attempt"))
	select {
	case <-w.silent:
	case <-ctx.Done(): // it never began to listen
	}
	if err := w.TakeLastTurn(ctx); err != nil {
		return explain("close PowerShell on", w.Host, err)
	}
	defer w.GiveTurn()
	if w.closed {
		return nil
	}
	w.closed = true
	if err := w.shell.close(ctx); err != nil {
		return explain("close PowerShell on", w.Host, err)
	}
	return nil
}
