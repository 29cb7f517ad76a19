package winrm_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos/kdctest"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/wsman"
	"github.com/fedroute/fedroute/lyncsim/wsman/kerberos"
)

// principal is the name of the machine's service that Windows' own client uses.
const principal = "HTTP/" + workerMachine

// sealing are the sign-ins whose messages can be sealed.
var sealing = []remote.Method{remote.NTLM, remote.Kerberos}

// over gives credentials of a method and lets the host accept them. The machine owns the names.
func over(t *testing.T, m remote.Method, names ...string) (remote.Credentials, func(*wsman.Config)) {
	t.Helper()
	if m == remote.NTLM {
		return domainUser(), func(*wsman.Config) {}
	}
	k := kdctest.Start(t, "CONTOSO.COM", "correct", kdctest.Options{})
	if len(names) == 0 {
		names = []string{principal}
	}
	keys, err := k.Keytab(names[0]).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	accept, err := kerberos.New(keys, names)
	if err != nil {
		t.Fatal(err)
	}
	c := remote.Credentials{Method: m, Username: "fedroute", Password: "correct", Kerberos: &remote.KerberosConfig{Realm: k.Realm, Krb5Conf: kdctest.Conf(k)}}
	return c, func(config *wsman.Config) {
		config.Kerberos = accept
		config.Accounts = people{{Name: "fedroute", Domain: k.Realm, Groups: []identity.Group{{SID: identity.Administrators}}}}
	}
}

// plainHost is a host that listens on http and takes sealed messages only.
func plainHost(t *testing.T, change func(*wsman.Config)) *workerHost {
	t.Helper()
	return newWorkerHost(t, func(c *wsman.Config) { c.Transport = wsman.PlainHTTP; change(c) })
}

// between is somebody on the way to a host, who sees and can change everything.
type between struct {
	address string
	change  func(action int, answer *http.Response) // action counts the envelopes that were answered

	mu      sync.Mutex
	seen    bytes.Buffer
	actions int
}

func listenBetween(t *testing.T, host string, change func(int, *http.Response)) *between {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &between{address: listener.Addr().String(), change: change}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { b.pass(near, host) })
		}
	})
	t.Cleanup(func() { _ = listener.Close() })
	return b
}

// pass carries requests and answers, one after the other, as one connection of each side.
func (b *between) pass(near net.Conn, host string) {
	defer near.Close()
	far, err := net.Dial("tcp", host)
	if err != nil {
		return
	}
	defer far.Close()
	fromNear, fromFar := bufio.NewReader(io.TeeReader(near, b)), bufio.NewReader(io.TeeReader(far, b))
	for {
		request, err := http.ReadRequest(fromNear)
		if err != nil {
			return
		}
		envelope := request.ContentLength > 0
		if request.Write(far) != nil {
			return
		}
		answer, err := http.ReadResponse(fromFar, request)
		if err != nil {
			return
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			return
		}
		answer.Body = io.NopCloser(bytes.NewReader(body))
		if envelope && b.change != nil {
			b.mu.Lock()
			b.actions++
			n := b.actions
			b.mu.Unlock()
			b.change(n, answer)
		}
		if answer.Write(near) != nil {
			return
		}
	}
}

// Write notes what was seen.
func (b *between) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seen.Write(p)
}

func (b *between) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seen.String()
}

// readsNothing checks that sealed messages passed, and neither an envelope nor one of the words.
func readsNothing(t *testing.T, b *between, words ...string) {
	t.Helper()
	seen := b.text()
	if !strings.Contains(seen, "HTTP-SPNEGO-session-encrypted") {
		t.Error("no sealed message passed: the test proves nothing")
	}
	for _, secret := range append(words, "Envelope", "xmlns", "http://schemas") {
		if strings.Contains(seen, secret) {
			t.Errorf("%q can be read on the way", secret)
		}
	}
}

// TestNobodyReadsSealedMessages records everything that passes between worker and host.
func TestNobodyReadsSealedMessages(t *testing.T) {
	for _, method := range sealing {
		t.Run(string(method), func(t *testing.T) {
			who, accept := over(t, method)
			h := plainHost(t, accept)
			b := listenBetween(t, h.Address(), nil)
			w, err := winrm.Dial(t.Context(), remote.Endpoint{URL: "http://" + b.address + "/wsman", ServerName: workerMachine}, who, winrm.Options{})
			if err != nil {
				t.Fatal(err)
			}
			before := h.Counters()
			const sesame = "open, sesame"
			for range 10 {
				got, err := w.Call(t.Context(), remote.Request{Name: "Echo", Script: "echo", Arguments: map[string]string{"Word": sesame}})
				if err != nil || !strings.Contains(string(got), sesame) {
					t.Fatalf("%s, %v", got, err)
				}
			}
			if cost := h.Counters().Minus(before); cost.Connections != 0 || cost.Unauthorized != 0 {
				t.Errorf("%d connections and %d times 401 for 10 calls, want none", cost.Connections, cost.Unauthorized)
			}
			if err := w.Close(t.Context()); err != nil {
				t.Error(err)
			}
			readsNothing(t, b, sesame, base64.StdEncoding.EncodeToString([]byte(sesame))[:8], who.Password)
		})
	}
}

// TestSomebodyChangesAnswersOnTheWay: whatever somebody on the way makes of an answer, the worker
// neither believes it nor sends the command again.
func TestSomebodyChangesAnswersOnTheWay(t *testing.T) {
	var earlier []byte
	body := func(answer *http.Response, b []byte) {
		answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	}
	read := func(answer *http.Response) []byte {
		b, _ := io.ReadAll(answer.Body)
		body(answer, b)
		return b
	}
	cases := map[string]struct {
		reason string
		change func(n int, answer *http.Response)
	}{
		"401":      {"a host that refuses has not acted; this one has", func(_ int, a *http.Response) { a.StatusCode = http.StatusUnauthorized }},
		"bare 401": {"the same without a body", func(_ int, a *http.Response) { a.StatusCode = http.StatusUnauthorized; body(a, nil) }},
		"unsealed": {"anybody can write a fault", func(_ int, a *http.Response) {
			body(a, []byte(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>`))
		}},
		"changed":  {"one bit of it", func(_ int, a *http.Response) { b := read(a); b[len(b)-30] ^= 1; body(a, b) }},
		"repeated": {"an earlier answer", func(_ int, a *http.Response) { body(a, earlier) }},
		"short":    {"a signature that is longer than the message", func(_ int, a *http.Response) { b := read(a); body(a, b[:len(b)-200]) }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, method := range sealing {
				who, accept := over(t, method)
				h := plainHost(t, accept)
				var changing sync.Mutex
				on := false
				b := listenBetween(t, h.Address(), func(n int, answer *http.Response) {
					changing.Lock()
					defer changing.Unlock()
					if !on {
						earlier = read(answer)
						return
					}
					c.change(n, answer)
				})
				w, err := winrm.Dial(t.Context(), remote.Endpoint{URL: "http://" + b.address + "/wsman", ServerName: workerMachine}, who, winrm.Options{})
				if err != nil {
					t.Fatal(err)
				}
				changing.Lock()
				on = true
				changing.Unlock()
				sent := h.Counters()
				_, err = w.Call(t.Context(), remote.Request{Name: "Change", Script: "echo"})
				if !fault.Is(err, fault.OutcomeUnknown) || w.Healthy() {
					t.Errorf("%s, %s: %s: %v; want OutcomeUnknown, and an end of the worker", method, c.reason, fault.KindOf(err), err)
				}
				if n := h.Counters().Minus(sent).Requests; n > 2 {
					t.Errorf("%s, %s: %d requests after the change, want the command once", method, c.reason, n)
				}
			}
		})
	}
}
