package winrm

import (
	"context"
	"encoding/json"

	"github.com/fedroute/fedroute/internal/fault"
)

// Info is what the host said about its PowerShell when the worker got ready.
type Info struct {
	Version      string `json:"version"` // of PowerShell, e.g. "5.1.17763.1007"
	LanguageMode string `json:"mode"`    // "FullLanguage"
	Host         string `json:"host"`    // the machine's NetBIOS name
}

// Request asks the worker to run one script.
type Request struct {
	// Name of the script, for errors and logs.
	Name string
	// Script is the text; it goes over the wire once per worker.
	Script string
	// Arguments marshals to a JSON object whose keys are names of the script's
	// parameters; nil means none.
	Arguments any
}

// Worker is one PowerShell on one host. It is safe for concurrent use; calls
// run one after the other.
type Worker struct{ info Info }

// Dial opens a shell at the endpoint, starts PowerShell in it and waits until it
// is ready. ctx bounds the dialing only.
func Dial(ctx context.Context, endpoint Endpoint, credentials Credentials, options Options) (*Worker, error) {
	return nil, fault.New(fault.Internal, "connect to", endpoint.host(), "not built yet")
}

// Call runs the script and returns the JSON array of what it emitted.
func (w *Worker) Call(ctx context.Context, request Request) (json.RawMessage, error) {
	return nil, fault.New(fault.Internal, request.Name, "", "not built yet")
}

// Info tells about the host's PowerShell.
func (w *Worker) Info() Info { return w.info }

// Done is closed when the worker has ended.
func (w *Worker) Done() <-chan struct{} { return nil }

// Healthy says whether the worker can still be called.
func (w *Worker) Healthy() bool { return false }

// Expired says whether the worker is older than MaxAge and should be replaced.
func (w *Worker) Expired() bool { return false }

// Close deletes the shell; PowerShell ends with it. ctx bounds it.
func (w *Worker) Close(ctx context.Context) error { return nil }
