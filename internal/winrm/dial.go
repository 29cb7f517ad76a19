package winrm

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
)

const opDial = "start PowerShell on"

// Dial opens a shell at the endpoint, starts PowerShell in it and waits until it
// is ready. ctx bounds the dialing only.
//
// Faults: Invalid (the endpoint or the credentials are incomplete), Unreachable,
// Denied (sign-in, certificate), Busy (the account's shells on that host are used
// up), Unsupported (Constrained Language Mode, PowerShell before 3.0), Failed.
func Dial(ctx context.Context, endpoint Endpoint, credentials Credentials, options Options) (*Worker, error) {
	options = options.withDefaults()
	host, shell, err := prepare(endpoint, credentials, options)
	if err != nil {
		return nil, err
	}
	w := newWorker(host, shell, options)
	starting, cancel := context.WithTimeoutCause(ctx, options.StartTimeout, errNoAnswer)
	defer cancel()
	if err := w.start(starting); err != nil {
		w.abandon(ctx)
		return nil, err
	}
	return w, nil
}

// prepare checks what a person wrote and makes the two lanes, of which none is
// connected yet.
func prepare(endpoint Endpoint, credentials Credentials, options Options) (host string, _ *shell, _ error) {
	url, err := endpoint.parse()
	if err != nil {
		return "", nil, err
	}
	if err := credentials.check(url.Host); err != nil {
		return "", nil, err
	}
	signer, err := newAuthenticator(credentials, endpoint.identity(url))
	if err != nil {
		return "", nil, err
	}
	return url.Host, newShell(endpoint, url.String(), credentials, signer, options), nil
}

// start brings the worker to its ready frame.
func (w *Worker) start(ctx context.Context) error {
	program, arguments := commandLine()
	if err := w.shell.open(ctx, program, arguments); err != nil {
		close(w.silent)
		return explain(opDial, w.host, err)
	}
	contain.Go(opListen, w.host, w.listen, w.end)
	input := base64.StdEncoding.EncodeToString([]byte(workerScript)) + "\n" + string(w.tag) + "\n"
	if _, err := w.shell.write(ctx, input); err != nil && w.Healthy() {
		return explain(opDial, w.host, err)
	}
	select {
	case r := <-w.replies:
		w.info = r.Info
		return nil
	case <-w.life.Done():
		return explain(opDial, w.host, w.Err())
	case <-ctx.Done():
		return fault.New(fault.Unreachable, opDial, w.host, "PowerShell did not get ready in time").
			With("", "check the load of that host")
	}
}

// abandonTimeout bounds the clean-up after a failed start. A shell that stays is
// removed by its idle timeout.
const abandonTimeout = 5 * time.Second

func (w *Worker) abandon(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonTimeout)
	defer cancel()
	_ = w.Close(ctx) // the error of the start is the one to tell
}
