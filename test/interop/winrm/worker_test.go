package winrm_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

const workerMachine = "fe01.contoso.com"

// workerHost is a simulated machine that answers the worker's protocol.
type workerHost struct {
	*wsman.Server
	ca *pki.CA
}

type people []wsman.Account

func (p people) Lookup(user, domain string) (wsman.Account, bool) {
	for _, a := range p {
		if strings.EqualFold(a.Name, user) && (domain == "" || strings.EqualFold(a.Domain, domain)) {
			return a, true
		}
	}
	return wsman.Account{}, false
}

func newWorkerHost(t testing.TB, change func(*wsman.Config)) *workerHost {
	t.Helper()
	ca, err := pki.New("Contoso CA", time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ca.Issue(pki.Request{CommonName: workerMachine, DNSNames: []string{workerMachine}})
	if err != nil {
		t.Fatal(err)
	}
	shown, err := leaf.TLS()
	if err != nil {
		t.Fatal(err)
	}
	config := wsman.Config{
		Machine: workerMachine, Domain: "CONTOSO", Address: "127.0.0.1:0", Certificate: shown, ClientCAs: ca.Pool(),
		Program: answering{}, Accounts: people{
			{Name: "local", Password: "Grüße 1", Groups: []identity.Group{{SID: identity.Administrators}}},
			{Name: "fedroute", Domain: "CONTOSO", Password: "Grüße 2", Groups: []identity.Group{{SID: identity.Administrators}}},
			{Name: "guest", Domain: "CONTOSO", Password: "Grüße 3"},
		},
	}
	if change != nil {
		change(&config)
	}
	server, err := wsman.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return &workerHost{Server: server, ca: ca}
}

func (h *workerHost) endpoint() remote.Endpoint {
	return remote.Endpoint{URL: "https://" + h.Address() + "/wsman", ServerName: workerMachine, Roots: h.ca.Pool()}
}

func (h *workerHost) dial(t testing.TB, c remote.Credentials) *winrm.Worker {
	t.Helper()
	w, err := winrm.Dial(t.Context(), h.endpoint(), c, winrm.Options{})
	if err != nil {
		t.Fatalf("Dial: %v", err)
	}
	t.Cleanup(func() { _ = w.Close(context.Background()) })
	return w
}

// answering is a program that speaks the worker's protocol. It answers each script with its
// arguments, except for scripts that end the process or hang.
type answering struct{}

func (answering) Run(ctx context.Context, p wsman.Process) int {
	in := bufio.NewScanner(p.Stdin)
	in.Buffer(nil, 32<<20)
	in.Scan() // the worker script
	in.Scan()
	tag := in.Text()
	say := func(frame map[string]any) {
		text, _ := json.Marshal(frame)
		fmt.Fprintf(p.Stdout, "%s%s\r\n", tag, base64.StdEncoding.EncodeToString(text))
	}
	say(map[string]any{"ready": true, "version": "5.1.17763.1007", "mode": "FullLanguage", "host": "FE01"})
	for in.Scan() {
		text, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(in.Text(), tag))
		var r struct {
			ID        int64           `json:"id"`
			Script    string          `json:"script"`
			Arguments json.RawMessage `json:"arguments"`
		}
		if json.Unmarshal(text, &r) != nil {
			return 2
		}
		switch r.Script {
		case "die":
			_, _ = io.WriteString(p.Stderr, "out of memory\r\n")
			return 70
		case "hang":
			<-ctx.Done()
			return 1
		}
		say(map[string]any{"id": r.ID, "cached": false, "result": []any{r.Arguments}})
	}
	return 0
}

func domainUser() remote.Credentials {
	return remote.Credentials{Method: remote.NTLM, Username: `CONTOSO\fedroute`, Password: "Grüße 2"}
}

func certificateOf(t *testing.T, ca *pki.CA) remote.Credentials {
	t.Helper()
	leaf, err := ca.Issue(pki.Request{CommonName: "local", Client: true})
	if err != nil {
		t.Fatal(err)
	}
	pair, err := leaf.TLS()
	if err != nil {
		t.Fatal(err)
	}
	return remote.Credentials{Method: remote.Certificate, Certificate: &pair}
}

func TestWorkerSignsIn(t *testing.T) {
	h := newWorkerHost(t, nil)
	cases := map[string]struct {
		reason      string
		credentials remote.Credentials
		kind        fault.Kind // "" for success
	}{
		"Basic":                {"an account of the machine", remote.Credentials{Method: remote.Basic, Username: "local", Password: "Grüße 1"}, ""},
		"Basic, domain":        {"Windows takes Basic for its own accounts only", remote.Credentials{Method: remote.Basic, Username: `CONTOSO\fedroute`, Password: "Grüße 2"}, fault.Denied},
		"NTLM":                 {"DOMAIN\\user", domainUser(), ""},
		"NTLM, principal name": {"user@domain", remote.Credentials{Method: remote.NTLM, Username: "fedroute@CONTOSO", Password: "Grüße 2"}, ""},
		"NTLM, local":          {"a workgroup machine's account", remote.Credentials{Method: remote.NTLM, Username: "local", Password: "Grüße 1"}, ""},
		"NTLM, wrong password": {"the proof does not match", remote.Credentials{Method: remote.NTLM, Username: "local", Password: "wrong"}, fault.Denied},
		"NTLM, no group":       {"known, but not allowed", remote.Credentials{Method: remote.NTLM, Username: `CONTOSO\guest`, Password: "Grüße 3"}, fault.Denied},
		"certificate":          {"TLS shows who we are", certificateOf(t, h.ca), ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			before := h.Counters()
			w, err := winrm.Dial(t.Context(), h.endpoint(), c.credentials, winrm.Options{})
			if fault.KindOf(err) != c.kind {
				t.Fatalf("%s: got %s: %v; want %q", c.reason, fault.KindOf(err), err, c.kind)
			}
			if err != nil {
				return
			}
			for n := range 5 {
				want := fmt.Sprintf(`[{"n":%d}]`, n)
				got, err := w.Call(t.Context(), remote.Request{Name: "Echo", Script: "echo", Arguments: map[string]int{"n": n}})
				if err != nil || string(got) != want {
					t.Fatalf("got %s, %v; want %s", got, err, want)
				}
			}
			if err := w.Close(t.Context()); err != nil {
				t.Error(err)
			}
			cost := h.Counters().Minus(before)
			if cost.Connections != 2 || cost.Processes != 1 || cost.Shells != 1 {
				t.Errorf("%d connections, %d processes and %d shells; want 2, 1 and 1", cost.Connections, cost.Processes, cost.Shells)
			}
		})
	}
}

func TestWorkerWithCertificateOfAnotherCA(t *testing.T) {
	h, other := newWorkerHost(t, nil), newWorkerHost(t, nil)
	_, err := winrm.Dial(t.Context(), h.endpoint(), certificateOf(t, other.ca), winrm.Options{})
	if !fault.Is(err, fault.Denied) {
		t.Errorf("got %s: %v", fault.KindOf(err), err)
	}
}

func TestWorkerBudgetOverNTLM(t *testing.T) {
	const calls = 200
	h := newWorkerHost(t, nil)
	w := h.dial(t, domainUser())
	echo := remote.Request{Name: "Echo", Script: "echo"}
	if _, err := w.Call(t.Context(), echo); err != nil {
		t.Fatal(err)
	}
	before := h.Counters()
	for range calls {
		if _, err := w.Call(t.Context(), echo); err != nil {
			t.Fatal(err)
		}
	}
	cost := h.Counters().Minus(before)
	if perCall := float64(cost.Requests) / calls; perCall > 2.1 {
		t.Errorf("%.2f requests per call, want at most 2.1", perCall)
	}
	if cost.Connections != 0 || cost.Unauthorized != 0 || cost.Processes != 0 {
		t.Errorf("%d connections, %d times 401 and %d processes for %d calls; want none", cost.Connections, cost.Unauthorized, cost.Processes, calls)
	}
	t.Logf("%.2f requests, %d bytes out and %d in per call", float64(cost.Requests)/calls, cost.WireIn/calls, cost.WireOut/calls)
}

func TestWorkerOnABadDay(t *testing.T) {
	cases := map[string]struct {
		reason string
		script string
		happen func(*workerHost)
		kind   fault.Kind
	}{
		"dropped before":  {"the connection is cut before the work", "echo", func(h *workerHost) { h.Misbehave(wsman.Rule{Action: "Send", Effect: wsman.Drop}) }, fault.OutcomeUnknown},
		"reply lost":      {"the work was done and nobody said so", "echo", func(h *workerHost) { h.Misbehave(wsman.Rule{Action: "Send", Effect: wsman.Lose}) }, fault.OutcomeUnknown},
		"reply halved":    {"half an answer is none", "echo", func(h *workerHost) { h.Misbehave(wsman.Rule{Action: "Receive", Effect: wsman.Halve}) }, fault.OutcomeUnknown},
		"shell lost":      {"the shell ends under the request", "echo", func(h *workerHost) { h.Misbehave(wsman.Rule{Action: "Send", Effect: wsman.LoseShell}) }, fault.OutcomeUnknown},
		"process dies":    {"PowerShell ends in the middle", "die", func(*workerHost) {}, fault.OutcomeUnknown},
		"password change": {"the host knows us no longer", "echo", func(h *workerHost) { h.RefuseLogons() }, fault.Denied},
		"operation ends": {"a Receive without output is asked again", "echo", func(h *workerHost) {
			h.Misbehave(wsman.Rule{Action: "Receive", Effect: wsman.Fault, Code: 2150858793, Times: 3})
		}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h := newWorkerHost(t, nil)
			w := h.dial(t, domainUser())
			c.happen(h)
			// A new rule does not apply to a Receive that was waiting already.
			var err error
			for range 2 {
				if _, err = w.Call(t.Context(), remote.Request{Name: "Change", Script: c.script}); err != nil {
					break
				}
			}
			if fault.KindOf(err) != c.kind {
				t.Errorf("%s: got %s: %v; want %s", c.reason, fault.KindOf(err), err, c.kind)
			}
			if w.Healthy() != (err == nil) {
				t.Errorf("healthy %v after %v", w.Healthy(), err)
			}
			h.Behave()
			again := h.dial(t, domainUser())
			if _, err := again.Call(t.Context(), remote.Request{Name: "Echo", Script: "echo"}); err != nil {
				t.Errorf("a new worker: %v", err)
			}
		})
	}
}

func TestWorkerAtTheShellLimit(t *testing.T) {
	h := newWorkerHost(t, func(c *wsman.Config) { c.Quotas.MaxShellsPerUser = 2 })
	h.dial(t, domainUser())
	lost := h.dial(t, domainUser())
	_, err := winrm.Dial(t.Context(), h.endpoint(), domainUser(), winrm.Options{})
	if !fault.Is(err, fault.Busy) {
		t.Errorf("got %s: %v", fault.KindOf(err), err)
	}
	// A worker that was lost still frees its place.
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, _ = lost.Call(ctx, remote.Request{Name: "Hang", Script: "hang"})
	if err := lost.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.dial(t, domainUser())
}
