package winrm

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// lane is exactly one TCP connection that carries at most one request at a time.
// NTLM and Kerberos sign in a connection, not a request, so each lane keeps its own
// connection.
type lane struct {
	client  *http.Client
	url     string
	timeout time.Duration
	turn    chan struct{} // full while a request is under way
}

// answerMargin is how much longer than the operation timeout a lane waits. It makes
// sure that the host, never the lane, ends a Receive without output: output in an
// answer that the lane cut off would be lost.
const answerMargin = 15 * time.Second

func newLane(url string, w *wire, signer authenticator, o Options) *lane {
	return &lane{
		url:     url,
		timeout: o.OperationTimeout + answerMargin,
		turn:    make(chan struct{}, 1),
		client: &http.Client{
			Transport: signer.over(w),
			// A redirect is not followed: the other listener is not the one in the
			// spec.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

var errNoAnswer = errors.New("no answer in time")

// exchange posts one envelope, once the request before it has its answer, and gives the
// body of the reply. Its errors are a *wsmanFault, a *statusError or an error of the
// transport; see neverSent.
func (l *lane) exchange(ctx context.Context, envelope string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, l.timeout, errNoAnswer)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, strings.NewReader(envelope))
	if err != nil {
		return nil, &neverSentError{err}
	}
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return nil, &neverSentError{context.Cause(ctx)}
	}
	request.Header.Set("Content-Type", "application/soap+xml;charset=UTF-8")
	response, err := l.client.Do(request)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return body, checkAnswer(response.StatusCode, response.Header.Values("WWW-Authenticate"), body)
}

// withoutURL removes the URL that http.Client puts around an error, because the
// message names the host already.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

func (l *lane) close() { l.client.CloseIdleConnections() }
