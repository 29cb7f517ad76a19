package winrm

import (
	"context"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

const opDial = "start PowerShell on"

// Dial opens a shell at the endpoint, starts PowerShell in it and waits until it
// is ready. ctx bounds the dialing only.
//
// Faults: Invalid (the endpoint or the credentials are incomplete), Unreachable,
// Denied (sign-in, certificate), Busy (the account's shells on that host are used
// up), Unsupported (Constrained Language Mode, PowerShell before 3.0), Failed.
func Dial(ctx context.Context, endpoint remote.Endpoint, credentials remote.Credentials, options Options) (*Worker, error) {
	options = options.withDefaults()
	options.IdleTimeout = orDefault(endpoint.Idle, options.IdleTimeout)
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

// Dialer gives the remote.Dialer over WinRM.
func Dialer(options Options) remote.Dialer {
	return func(ctx context.Context, endpoint remote.Endpoint, credentials remote.Credentials) (remote.Session, error) {
		worker, err := Dial(ctx, endpoint, credentials, options)
		if err != nil {
			return nil, err // not a nil *Worker in a Session that is not nil
		}
		return worker, nil
	}
}

// prepare checks the endpoint and the credentials, which a person wrote, and makes
// the two lanes. Neither is connected yet.
func prepare(endpoint remote.Endpoint, credentials remote.Credentials, options Options) (host string, _ *shell, _ error) {
	url, err := parse(endpoint, credentials.Method)
	if err != nil {
		return "", nil, err
	}
	endpoint.URL = url.String()
	host = endpoint.Name()
	if err := checkCredentials(credentials, host); err != nil {
		return "", nil, err
	}
	signer, err := newAuthenticator(credentials, identity(endpoint, url), endpoint, options.Reach)
	if err != nil {
		return "", nil, err
	}
	return host, newShell(endpoint, endpoint.URL, credentials, signer, options), nil
}

// start runs the worker until its ready frame has come.
func (w *Worker) start(ctx context.Context) error {
	program, arguments := commandLine()
	if err := w.shell.open(ctx, program, arguments); err != nil {
		close(w.silent)
		return explain(opDial, w.Host, err)
	}
	contain.Go(opListen, w.Host, w.listen, w.End)
	if _, err := w.shell.write(ctx, w.talk.greeting()); err != nil && w.Healthy() {
		return explain(opDial, w.Host, err)
	}
	select {
	case r := <-w.talk.replies:
		w.info = r.Info
		return nil
	case <-w.Done():
		return explain(opDial, w.Host, w.Err())
	case <-ctx.Done():
		return fault.New(fault.Unreachable, opDial, w.Host, "PowerShell did not get ready in time").
			With("", "check the load of that host")
	}
}

// abandonTimeout bounds the clean-up after a failed start. A shell that stays is
// removed by its idle timeout.
const abandonTimeout = 5 * time.Second

func (w *Worker) abandon(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonTimeout)
	defer cancel()
	_ = w.Close(ctx) // the error of the start is the one to report
}
