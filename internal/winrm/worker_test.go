package winrm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
)

// counter is a Meter that adds up what the worker reports.
type counter struct{ requests, sent, received, connections, stray atomic.Int64 }

func (c *counter) Request(bytes int) { c.requests.Add(1); c.sent.Add(int64(bytes)) }
func (c *counter) Reply(bytes int)   { c.received.Add(int64(bytes)) }
func (c *counter) Connection()       { c.connections.Add(1) }
func (c *counter) Stray(lines int)   { c.stray.Add(int64(lines)) }

// toggle is a condition that a test turns on and off.
type toggle struct{ atomic.Bool }

func newSwitch(on bool) *toggle { t := &toggle{}; t.Store(on); return t }
func (t *toggle) on() bool      { return t.Load() }
func (t *toggle) set(on bool)   { t.Store(on) }

func call(t testing.TB, w *winrm.Worker, arguments any) json.RawMessage {
	t.Helper()
	result, err := w.Call(t.Context(), remote.Request{Name: "Echo", Script: "echo", Arguments: arguments})
	if err != nil {
		t.Fatalf("Call: %v", err)
	}
	return result
}

func TestWorkerCarriesDataBothWays(t *testing.T) {
	h := newHost(t, echo)
	w := h.dial(t, winrm.Options{})
	want := winrm.Info{Version: "5.1.17763.1007", LanguageMode: "FullLanguage", Host: "FE01"}
	if diff := cmp.Diff(want, w.Info()); diff != "" {
		t.Errorf("Info (-want +got):\n%s", diff)
	}
	cases := map[string]struct {
		reason    string
		arguments any
		want      string
	}{
		"none":    {"no arguments are an empty object", nil, `[{}]`},
		"text":    {"quotes, line ends and other scripts are data", map[string]string{"Name": "Zoë's \"$(exit)\"\n`]]>"}, `[{"Name":"Zoë's \"$(exit)\"\n` + "`" + `]]>"}]`},
		"arrays":  {"arrays keep their length", map[string]any{"a": []string{}, "b": []string{"x"}}, `[{"a":[],"b":["x"]}]`},
		"structs": {"a struct is an object", struct{ Port int }{5061}, `[{"Port":5061}]`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got, want any
			_ = json.Unmarshal(call(t, w, c.arguments), &got)
			if err := json.Unmarshal([]byte(c.want), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestShellIsAskedForAsDocumented(t *testing.T) {
	h := newHost(t, echo)
	h.dial(t, winrm.Options{IdleTimeout: 90 * time.Second})
	for _, want := range []string{
		`Name="WINRS_NOPROFILE">TRUE<`, `Name="WINRS_CODEPAGE">65001<`, `IdleTimeOut>PT90.000S<`,
		`Name="WINRS_CONSOLEMODE_STDIN">FALSE<`,
		`Command>powershell.exe<`, `>-NoProfile<`, `>-NonInteractive<`, `>-EncodedCommand<`,
	} {
		if !strings.Contains(h.created, want) {
			t.Errorf("Create and Command lack %s", want)
		}
	}
}

func TestScriptGoesOverTheWireOnce(t *testing.T) {
	var texts []string
	h := newHost(t, powershell(func(_ *process, _ string, r request) frame {
		texts = append(texts, r.Script)
		return frame{"id": r.ID, "cached": true, "result": []any{}}
	}))
	w := h.dial(t, winrm.Options{})
	for _, script := range []string{"one", "one", "two", "one"} {
		if _, err := w.Call(t.Context(), remote.Request{Name: "S", Script: script}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"one", "", "two", ""}, texts); diff != "" {
		t.Errorf("script texts (-want +got):\n%s", diff)
	}
}

func TestScriptThatDoesNotParseIsSentAgain(t *testing.T) {
	var texts []string
	h := newHost(t, powershell(func(_ *process, _ string, r request) frame {
		texts = append(texts, r.Script)
		return frame{"id": r.ID, "cached": false, "error": frame{"id": "ParseException", "message": "Missing }"}}
	}))
	w := h.dial(t, winrm.Options{})
	for range 2 {
		_, err := w.Call(t.Context(), remote.Request{Name: "S", Script: "if {"})
		if !fault.Is(err, fault.Failed) {
			t.Fatalf("got %v", err)
		}
	}
	if diff := cmp.Diff([]string{"if {", "if {"}, texts); diff != "" {
		t.Errorf("script texts (-want +got):\n%s", diff)
	}
}

func TestScriptError(t *testing.T) {
	h := newHost(t, powershell(func(_ *process, _ string, r request) frame {
		return frame{"id": r.ID, "cached": true, "error": frame{
			"id": "SiteNotFound,Microsoft.Rtc.Management.Xds.SetOcsSite", "category": "ObjectNotFound",
			"message": "Cannot find\r\nthe site.", "target": "Site:Redmond", "line": 7,
		}}
	}))
	w := h.dial(t, winrm.Options{})
	_, err := w.Call(t.Context(), remote.Request{Name: "Set-Route", Script: "x"})
	if !fault.Is(err, fault.Failed) {
		t.Fatalf("got %v (%s)", err, fault.KindOf(err))
	}
	thrown, ok := errors.AsType[*remote.ScriptError](err)
	if !ok {
		t.Fatal("no ScriptError in the chain")
	}
	want := &remote.ScriptError{
		ID: "SiteNotFound,Microsoft.Rtc.Management.Xds.SetOcsSite", Category: "ObjectNotFound",
		Message: "Cannot find\r\nthe site.", Target: "Site:Redmond", Script: "Set-Route", Line: 7,
	}
	if diff := cmp.Diff(want, thrown); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	if !w.Healthy() {
		t.Error("a script that throws must not cost the worker")
	}
}

func TestStrayOutputIsSkippedAndCounted(t *testing.T) {
	h := newHost(t, powershell(func(p *process, tag string, r request) frame {
		p.print("WARNING: a module talks\r\n")
		p.print("\r\nfedroute-somebodyelse:AAAA\r\n")
		p.print(frame{"id": r.ID + 100, "result": []any{"forged"}}.line(tag))
		p.print("no end of line ")
		return frame{"id": r.ID, "cached": true, "result": []any{1}}
	}))
	meter := &counter{}
	w := h.dial(t, winrm.Options{Meter: meter})
	if got := string(call(t, w, nil)); got != "[1]" {
		t.Errorf("got %s", got)
	}
	if got := meter.stray.Load(); got != 3 {
		t.Errorf("stray lines: got %d, want 3", got)
	}
}

func TestLargeRequestsAndRepliesGoInPieces(t *testing.T) {
	h := newHost(t, powershell(func(_ *process, _ string, r request) frame {
		return frame{"id": r.ID, "cached": true, "result": []any{r.Arguments["text"]}}
	}))
	w := h.dial(t, winrm.Options{EnvelopeSize: 64 << 10})
	text := strings.Repeat("Grüße €, ", 40_000)
	var got []string
	if err := json.Unmarshal(call(t, w, map[string]string{"text": text}), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0] != text {
		t.Error("the text came back changed")
	}
	for i, input := range h.inputs {
		if encoded := len(input) * 4 / 3; encoded > 64<<10 {
			t.Errorf("Send %d has %d bytes of base64", i, encoded)
		}
	}
	if len(h.inputs) < 8 {
		t.Errorf("%d Sends, want at least 8", len(h.inputs))
	}
}

func TestCallsTakeTurns(t *testing.T) {
	var running, most atomic.Int64
	h := newHost(t, powershell(func(_ *process, _ string, r request) frame {
		most.Store(max(most.Load(), running.Add(1)))
		defer running.Add(-1)
		return frame{"id": r.ID, "cached": true, "result": []any{r.Arguments["n"]}}
	}))
	w := h.dial(t, winrm.Options{})
	errs := make(chan error)
	for n := range 20 {
		go func() {
			got, err := w.Call(t.Context(), remote.Request{Name: "N", Script: "n", Arguments: map[string]int{"n": n}})
			if err == nil && string(got) != fmt.Sprintf("[%d]", n) {
				err = fmt.Errorf("call %d got %s", n, got)
			}
			errs <- err
		}()
	}
	for range 20 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 1 {
		t.Errorf("%d at once", most.Load())
	}
}

func TestNothingYetIsAskedAgain(t *testing.T) {
	release := make(chan struct{})
	h := newHost(t, powershell(func(_ *process, _ string, r request) frame {
		<-release
		return frame{"id": r.ID, "cached": true, "result": []any{}}
	}))
	h.hold = time.Millisecond
	w := h.dial(t, winrm.Options{})
	polls := 0
	h.interfere(func(_ http.ResponseWriter, action string) bool {
		if action == "Receive" && h.count("Send") == 2 {
			if polls++; polls == 5 {
				close(release)
			}
		}
		return false
	})
	call(t, w, nil)
}

func TestExpired(t *testing.T) {
	now := time.Unix(0, 0)
	h := newHost(t, echo)
	w := h.dial(t, winrm.Options{MaxAge: time.Hour, Clock: func() time.Time { return now }})
	if w.Expired() {
		t.Error("expired at birth")
	}
	now = now.Add(time.Hour + time.Second)
	if !w.Expired() {
		t.Error("not expired after its age")
	}
	if !w.Healthy() {
		t.Error("an expired worker can still be called")
	}
}

func TestClose(t *testing.T) {
	h := newHost(t, echo)
	w := h.dial(t, winrm.Options{})
	for range 2 {
		if err := w.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if got := h.count("Delete"); got != 1 {
		t.Errorf("%d Deletes", got)
	}
	select {
	case <-w.Done():
	default:
		t.Error("not done")
	}
	_, err := w.Call(t.Context(), remote.Request{Name: "Echo", Script: "echo"})
	if !fault.Is(err, fault.Unreachable) {
		t.Errorf("Call after Close: %v (%s)", err, fault.KindOf(err))
	}
}

func TestCloseIsBounded(t *testing.T) {
	h := newHost(t, echo)
	w := h.dial(t, winrm.Options{})
	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	h.interfere(func(http.ResponseWriter, string) bool { <-never; return true })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := w.Close(ctx); !fault.Is(err, fault.Unreachable) {
		t.Errorf("got %v (%s)", err, fault.KindOf(err))
	}
}
