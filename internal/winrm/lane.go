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

// lane is exactly one TCP connection with at most one request on it. NTLM and
// Kerberos sign a connection in, not a request, so a lane keeps its own.
type lane struct {
	client  *http.Client
	url     string
	timeout time.Duration
}

// answerMargin is how much longer than the operation timeout a lane waits, so
// that it is always the host that ends a Receive with nothing to say: output in
// an answer that we cut off would be lost.
const answerMargin = 15 * time.Second

func newLane(url string, w *wire, signer authenticator, o Options) *lane {
	return &lane{
		url:     url,
		timeout: o.OperationTimeout + answerMargin,
		client: &http.Client{
			Transport: signer.over(w),
			// A listener that redirects is not the one in the spec.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

var errNoAnswer = errors.New("no answer in time")

// exchange posts one envelope and gives the body of the reply. Errors are
// *wsmanFault, *statusError or of the transport; see neverSent.
func (l *lane) exchange(ctx context.Context, envelope string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, l.timeout, errNoAnswer)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, strings.NewReader(envelope))
	if err != nil {
		return nil, &neverSentError{err}
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

// withoutURL takes away what http.Client says around an error: people are told
// the host already.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

func (l *lane) close() { l.client.CloseIdleConnections() }
