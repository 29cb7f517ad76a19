package winrm

import (
	"context"

	"github.com/fedroute/fedroute/internal/fault"
)

// Close ends the worker and deletes its shell, and PowerShell with it, within
// ctx. A call in flight ends with OutcomeUnknown. A worker that was lost is
// closed too, so that its shell does not count against the host's limit. Closing
// again does nothing. Faults: Unreachable, Denied, Failed; the host then removes
// the shell after its idle timeout.
func (w *Worker) Close(ctx context.Context) error {
	w.end(fault.New(fault.Unreachable, "use PowerShell on", w.host, "the connection was closed by us").
		With("", "a new one is opened with the next attempt"))
	<-w.silent
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return explain("close PowerShell on", w.host, context.Cause(ctx))
	}
	defer func() { <-w.turn }()
	if w.closed {
		return nil
	}
	w.closed = true
	if err := w.shell.close(ctx); err != nil {
		return explain("close PowerShell on", w.host, err)
	}
	return nil
}
