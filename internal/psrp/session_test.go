package psrp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/clixml"
	"github.com/fedroute/fedroute/internal/psrp/message"
)

// await waits until the host has got as many requests as want has.
func (h *host) await(t *testing.T, want []string) {
	t.Helper()
	for range 500 {
		if len(h.heard()) >= len(want) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if diff := cmp.Diff(want, h.heard()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestACallIsThreeRequests(t *testing.T) {
	h := newHost(t)
	s := h.dial(t, psrp.Options{})
	for range 2 {
		outcome, err := s.Call(t.Context(), psrp.Command{Name: "Read-Topology"})
		if err != nil || len(outcome.Output) != 1 || outcome.Output[0].String() != "done" {
			t.Fatalf("%+v, %v", outcome, err)
		}
	}
	one := []string{"Command", "Receive", "Signal terminate"}
	h.await(t, slices.Concat([]string{"Create", "Receive"}, one, one))
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := s.Call(t.Context(), psrp.Command{Name: "Read-Topology"}); !fault.Is(err, fault.Unreachable) {
		t.Errorf("a call after closing: %v, want Unreachable", err)
	}
}

func TestTheCommandIsANameWithData(t *testing.T) {
	h := newHost(t)
	s := h.dial(t, psrp.Options{})
	_, err := s.Call(t.Context(), psrp.Command{Name: "Set-Thing", Parameters: []psrp.Parameter{
		{Name: "Text", Value: "$(x)"}, {Name: "Switch", Value: true}, {Name: "Number", Value: 7}, {Name: "List", Value: []string{"a"}}, {Name: "Null"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	sent := string(h.sent[message.FragmentHeader+43:]) // after the message's header and byte order mark
	v, err := clixml.Read(sent)
	if err != nil {
		t.Fatalf("%s: %v", sent, err)
	}
	command := v.Get("PowerShell").Get("Cmds").Items[0]
	got := []string{command.Get("Cmd").String(), command.Get("IsScript").String(), v.Get("NoInput").String()}
	for _, p := range command.Get("Args").Items {
		got = append(got, p.Get("N").String()+"="+clixml.Write(p.Get("V")))
	}
	want := []string{"Set-Thing", "false", "true", "Text=<S>$(x)</S>", "Switch=<B>true</B>", "Number=<I64>7</I64>",
		`List=<Obj RefId="0"><TN RefId="0"><T>System.Object[]</T><T>System.Array</T><T>System.Object</T></TN><LST><S>a</S></LST></Obj>`, "Null=<Nil />"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the command (-want +got):\n%s", diff)
	}
	if _, err := s.Call(t.Context(), psrp.Command{Name: "Set-Thing", Parameters: []psrp.Parameter{{Name: "X", Value: 1.5}}}); !fault.Is(err, fault.Internal) {
		t.Errorf("a value of no such type: %v, want Internal", err)
	}
}

func TestALargeCommandGoesInPieces(t *testing.T) {
	h := newHost(t)
	o := psrp.Options{}
	o.EnvelopeSize = 20_000
	s := h.dial(t, o)
	long := strings.Repeat("x", 30_000)
	if _, err := s.Call(t.Context(), psrp.Command{Name: "Set-Thing", Parameters: []psrp.Parameter{{Name: "Text", Value: long}}}); err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	j := message.Joiner{Limit: 1 << 20}
	messages, err := j.Take(h.sent)
	if err != nil || len(messages) != 1 || !strings.Contains(string(messages[0]), long) || len(h.inputs) < 2 || h.inputs[0] != "stdin" {
		t.Errorf("%d messages, %v; sent to %q", len(messages), err, h.inputs)
	}
}

// TestWhatEndsACall: whatever happens to an answer, the caller gets a result or an error, and the
// command is not sent again.
func TestWhatEndsACall(t *testing.T) {
	state := ended(message.Completed)
	for _, c := range []struct {
		reason  string
		answers []message.Message
		before  func(w http.ResponseWriter, verb string) bool
		kind    fault.Kind
		says    string
	}{
		{reason: "silence: a damaged message is answered by nothing", kind: fault.OutcomeUnknown, says: silence},
		{reason: "an answer that is no CLIXML", answers: []message.Message{{Type: message.PipelineOutput, Text: "<S>a"}}, kind: fault.OutcomeUnknown, says: "cannot be read"},
		{reason: "a null object", answers: []message.Message{{Type: message.PipelineOutput, Text: "<Nil />"}}, kind: fault.OutcomeUnknown, says: "null object"},
		{reason: "more than the limit", answers: []message.Message{{Type: message.PipelineOutput, Text: "<S>" + strings.Repeat("a", 600) + "</S>"},
			{Type: message.PipelineOutput, Text: "<S>" + strings.Repeat("a", 600) + "</S>"}, state}, kind: fault.OutcomeUnknown, says: "larger than 1000"},
		{reason: "an error record without its parts", answers: []message.Message{{Type: message.ErrorRecordType, Text: `<Obj RefId="0"><MS /></Obj>`}}, kind: fault.OutcomeUnknown, says: "no Exception"},
		{reason: "a state that is none", answers: []message.Message{{Type: message.PipelineState, Text: "<S>a</S>"}}, kind: fault.OutcomeUnknown, says: "names no state"},
		{reason: "the command failed without a word", answers: []message.Message{ended(message.Failed)}, kind: fault.Failed, says: "without saying why"},
		{reason: "the shell is gone before the command", before: on("Command", func(w http.ResponseWriter) { faultWith(w, shellGone, "InvalidSelectors") }), kind: fault.Unreachable, says: "gone"},
		{reason: "the command is refused", before: on("Command", func(w http.ResponseWriter) { faultWith(w, accessDenied, "AccessDenied") }), kind: fault.Denied, says: "said by the host"},
		{reason: "the connection breaks when the command was sent", before: on("Command", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }), kind: fault.OutcomeUnknown, says: "closed"},
		{reason: "the connection breaks while it runs", before: on("Receive", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }), kind: fault.OutcomeUnknown, says: "closed"},
		{reason: "base64 that is none", before: on("Receive", func(w http.ResponseWriter) {
			reply(w, `<ReceiveResponse><Stream Name="stdout">?</Stream></ReceiveResponse>`)
		}), kind: fault.OutcomeUnknown, says: "base64"},
		{reason: "an end without a state", before: on("Receive", func(w http.ResponseWriter) {
			reply(w, `<ReceiveResponse><CommandState State="x/CommandState/Done"/></ReceiveResponse>`)
		}), kind: fault.OutcomeUnknown, says: "without saying how"},
		{reason: "half a fragment, then the end", before: on("Receive", func(w http.ResponseWriter) {
			reply(w, `<ReceiveResponse><Stream Name="stdout">AAAAAAAAAAE=</Stream><CommandState State="x/CommandState/Done"/></ReceiveResponse>`)
		}), kind: fault.OutcomeUnknown, says: "without saying how"},
	} {
		h := newHost(t)
		o := psrp.Options{}
		o.MaxReply = 1000
		s := h.dial(t, o)
		h.answers, h.before = c.answers, c.before
		_, err := s.Call(t.Context(), psrp.Command{Name: "Publish-FederationFlags", Limit: short(c.says == silence)})
		if !fault.Is(err, c.kind) || !strings.Contains(fault.Sentence(err), c.says) {
			t.Errorf("%s: %s %v, want %s saying %q", c.reason, fault.KindOf(err), err, c.kind, c.says)
		}
		if s.Healthy() != (c.kind == fault.Failed) {
			t.Errorf("%s: healthy is %v afterwards", c.reason, s.Healthy())
		}
		if n := len(slices.DeleteFunc(h.heard(), func(verb string) bool { return verb != "Command" })); n != 1 {
			t.Errorf("%s: the command was sent %d times", c.reason, n)
		}
	}
}

// TestABombHarmsNobody: CLIXML that is small and would become large, or that leads round in
// circles, ends the call at most. It costs neither time nor memory, wherever it stands.
func TestABombHarmsNobody(t *testing.T) {
	doubled := `<Obj RefId="0"><S>a</S></Obj>`
	for i := 1; i < 60; i++ { // each level holds the one below twice: 2^59 values for who walks them
		doubled = fmt.Sprintf(`<Obj RefId="%d"><LST>%s<Ref RefId="%d" /></LST></Obj>`, i, doubled, i-1)
	}
	bombs := map[string]struct{ text, says string }{
		"its own base":      {`<Obj RefId="0"><Ref RefId="0" /></Obj>`, "made of itself"},
		"its own property":  {`<Obj RefId="0"><MS><Ref N="Exception" RefId="0" /><Ref N="TargetObject" RefId="0" /><Ref N="PipelineState" RefId="0" /><Ref N="ci" RefId="0" /></MS></Obj>`, ""},
		"doubled 59 times":  {doubled, "deep"},
		"10,000 levels":     {strings.Repeat(`<Obj RefId="0"><LST>`, 10_000) + strings.Repeat(`</LST></Obj>`, 10_000), "deep"},
		"120,000 elements":  {`<Obj RefId="0"><LST>` + strings.Repeat(`<Nil/>`, 120_000) + `</LST></Obj>`, "elements"},
		"a billion laughs":  {`<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><S>&c;</S>`, "document type"},
		"references at end": {`<S>` + strings.Repeat("&#x", 100_000) + `</S>`, ""},
	}
	for name, bomb := range bombs {
		for _, kind := range []message.Type{message.PipelineOutput, message.ErrorRecordType, message.WarningRecord, message.ProgressRecord, message.PipelineState, message.PipelineHostCall} {
			h := newHost(t)
			s := h.dial(t, psrp.Options{})
			h.answers = []message.Message{{Type: kind, Text: bomb.text}, ended(message.Completed)}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			o, err := s.Call(t.Context(), psrp.Command{Name: "Read-Topology", Limit: time.Minute, Tell: func(psrp.Record) {}})
			for _, v := range o.Output {
				_, _ = v.String(), v.IsString()
			}
			runtime.ReadMemStats(&after)
			if took, used := time.Since(began), after.TotalAlloc-before.TotalAlloc; took > time.Minute || used > 300<<20 {
				t.Errorf("%s in %#x: %s and %d octets", name, uint32(kind), took, used)
			}
			if err != nil && !fault.Is(err, fault.OutcomeUnknown) || bomb.says != "" && !strings.Contains(fmt.Sprint(err), bomb.says) {
				t.Errorf("%s in %#x: %s %v, want OutcomeUnknown saying %q", name, uint32(kind), fault.KindOf(err), err, bomb.says)
			}
		}
		h := newHost(t)
		h.greeting = []message.Message{{Type: message.SessionCapability, Text: bomb.text}}
		if _, err := psrp.Dial(t.Context(), h.endpoint(), "FedRoute", credentials, psrp.Options{}); err == nil || !strings.Contains(err.Error(), bomb.says) {
			t.Errorf("%s in the greeting: %v, want something about %q", name, err, bomb.says)
		}
	}
}

const silence = "no answer in time"

// short gives a time limit: a short one if the test waits for it, else a long one.
func short(waited bool) time.Duration {
	if waited {
		return 300 * time.Millisecond
	}
	return time.Minute
}

// on lets f answer every request with the verb.
func on(verb string, f func(http.ResponseWriter)) func(http.ResponseWriter, string) bool {
	return func(w http.ResponseWriter, asked string) bool {
		if asked == verb {
			f(w)
		}
		return asked == verb
	}
}

func TestWhatKeepsASessionFromOpening(t *testing.T) {
	broken := clixml.Object(clixml.Property{Name: "RunspaceState", Value: clixml.Int32(5)},
		clixml.Property{Name: "ExceptionAsErrorRecord", Value: record("Modules_ModuleNotFound", "the module is missing")})
	for _, c := range []struct {
		reason, configuration string
		greeting              []message.Message
		before                func(w http.ResponseWriter, verb string) bool
		kind                  fault.Kind
		says                  string
	}{
		{reason: "a later version", greeting: greeting("2.5"), kind: fault.Unsupported, says: "2.5"},
		{reason: "an earlier one", greeting: greeting("1.0"), kind: fault.Unsupported, says: "1.0"},
		{reason: "silence", kind: fault.Unreachable, says: silence},
		{reason: "a pool that broke", greeting: append(greeting("2.3")[:1:1], message.Message{Type: message.RunspacePoolState, Text: clixml.Write(broken)}),
			kind: fault.Failed, says: "the module is missing"},
		{reason: "a pool that broke after a message that no call needs", greeting: append(greeting("2.3")[:1:1],
			message.Message{Type: message.ApplicationPrivateData, Text: "<S>passed over</S>"}, message.Message{Type: message.RunspacePoolState, Text: clixml.Write(broken)}),
			kind: fault.Failed, says: "the module is missing"},
		{reason: "an answer that cannot be read", greeting: []message.Message{{Type: message.SessionCapability, Text: "<"}}, kind: fault.Failed, says: "cannot be read"},
		{reason: "no right to the configuration", before: on("Create", func(w http.ResponseWriter) { faultWith(w, accessDenied, "AccessDenied") }),
			kind: fault.Denied, says: "FedRoute"},
		{reason: "a wrong password", before: on("Create", func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) }),
			kind: fault.Denied, says: "check user name, password"},
		{reason: "a configuration that was never installed", before: on("Create", func(w http.ResponseWriter) { faultWith(w, noResource, "DestinationUnreachable") }),
			kind: fault.Invalid, says: "install the endpoint kit"},
		{reason: "the same, as Windows Server 2008 R2 says it", before: on("Create", func(w http.ResponseWriter) { faultWith(w, invalidURI, "DestinationUnreachable") }),
			kind: fault.Invalid, says: "install the endpoint kit"},
		{reason: "a shell without a name", before: on("Create", func(w http.ResponseWriter) { reply(w, "") }), kind: fault.Failed, says: "no UUID"},
		{reason: "a name that would change the address", configuration: "../Microsoft.PowerShell?x", kind: fault.Invalid, says: "no name"},
	} {
		h := newHost(t)
		h.greeting, h.before = c.greeting, c.before
		o := psrp.Options{}
		o.StartTimeout = short(c.says == silence)
		configuration := "FedRoute"
		if c.configuration != "" {
			configuration = c.configuration
		}
		_, err := psrp.Dial(t.Context(), h.endpoint(), configuration, credentials, o)
		if !fault.Is(err, c.kind) || !strings.Contains(fault.Sentence(err), c.says) {
			t.Errorf("%s: %s %v, want %s saying %q", c.reason, fault.KindOf(err), err, c.kind, c.says)
		}
	}
}

// record makes an error record as a server sends it.
func record(id, text string) *clixml.Value {
	return clixml.Object(
		clixml.Property{Name: "Exception", Value: clixml.Object(clixml.Property{Name: "Message", Value: clixml.String(text)})},
		clixml.Property{Name: "TargetObject"}, clixml.Property{Name: "FullyQualifiedErrorId", Value: clixml.String(id)})
}

func TestStreamsOfACall(t *testing.T) {
	h := newHost(t)
	warning := clixml.Write(clixml.Object(clixml.Property{Name: "InformationalRecord_Message", Value: clixml.String("careful")}))
	progress := clixml.Write(clixml.Object(clixml.Property{Name: "Activity", Value: clixml.String("Work")}, clixml.Property{Name: "StatusDescription", Value: clixml.String("half")}))
	question := clixml.Write(clixml.Object(clixml.Property{Name: "ci", Value: clixml.Int64(1)}, clixml.Property{Name: "mi", Value: clixml.Int32(23)}))
	failed := clixml.Object(clixml.Property{Name: "PipelineState", Value: clixml.Int32(5)}, clixml.Property{Name: "ExceptionAsErrorRecord", Value: record("Demo.Hard", "hard")})
	h.answers = []message.Message{
		{Type: message.PipelineOutput}, // $null
		{Type: message.WarningRecord, Text: warning}, {Type: message.ErrorRecordType, Text: clixml.Write(record("Demo.Soft", "soft"))},
		{Type: message.ProgressRecord, Text: progress}, {Type: 0x41999, Text: "<S>unknown</S>"},
		{Type: message.PipelineHostCall, Text: question},
		{Type: message.PipelineState, Text: clixml.Write(failed)}, {Type: message.PipelineOutput, Text: "<S>after the end</S>"},
	}
	s := h.dial(t, psrp.Options{})
	var told []string
	outcome, err := s.Call(t.Context(), psrp.Command{Name: "X", Tell: func(r psrp.Record) { told = append(told, r.Text) }})
	failure, ok := errors.AsType[*psrp.ErrorRecord](err)
	if !ok || failure.ID != "Demo.Hard" || !fault.Is(err, fault.Failed) {
		t.Errorf("the call ended with %v", err)
	}
	want := psrp.Outcome{State: message.Failed, Output: []*clixml.Value{nil}, Warnings: []string{"careful"},
		Errors:  []*psrp.ErrorRecord{{ID: "Demo.Soft", Category: "NotSpecified", Message: "soft"}},
		Failure: &psrp.ErrorRecord{ID: "Demo.Hard", Category: "NotSpecified", Message: "hard"}}
	if diff := cmp.Diff(want, outcome); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Work: half"}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"pr"}, h.inputs); diff != "" {
		t.Errorf("the question was answered on (-want +got):\n%s", diff)
	}
}

func TestOneCommandAtATimeAndStop(t *testing.T) {
	h := newHost(t)
	s := h.dial(t, psrp.Options{})
	h.answers = nil
	p, err := s.Start(t.Context(), psrp.Command{Name: "Wait-Long"})
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := s.Call(short, psrp.Command{Name: "Other"}); !fault.Is(err, fault.Busy) {
		t.Errorf("a call meanwhile: %v, want Busy", err)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if outcome, err := p.Wait(t.Context()); outcome.State != message.Stopped || !fault.Is(err, fault.Failed) {
		t.Errorf("the stopped command: %+v, %v", outcome, err)
	}
	h.mu.Lock()
	h.answers = []message.Message{ended(message.Completed)}
	h.mu.Unlock()
	if _, err := s.Call(t.Context(), psrp.Command{Name: "Other"}); err != nil {
		t.Errorf("a call afterwards: %v", err)
	}
}

// TestASessionOutlivesItsProcess: a second client takes the pool over. The first client
// disconnected from it, or was lost.
func TestASessionOutlivesItsProcess(t *testing.T) {
	for _, c := range []struct {
		reason string
		lost   bool // the host still holds the pool for the first client
		want   []string
	}{
		{"it was disconnected", false, []string{"Disconnect", "Connect", "Connect"}},
		{"its client was lost without a word", true, []string{"Connect", "Disconnect", "Connect", "Connect"}},
	} {
		h := newHost(t)
		h.answers = nil
		var refusing atomic.Bool // Connect fails until a client disconnects
		var breaking atomic.Bool // the first client's Receive fails
		h.before = func(w http.ResponseWriter, verb string) bool {
			if verb == "Receive" && breaking.Load() {
				panic(http.ErrAbortHandler)
			}
			if verb == "Disconnect" {
				refusing.Store(false)
			}
			if verb == "Connect" && refusing.Load() {
				faultWith(w, notDisconnected, "AccessDenied")
				return true
			}
			return false
		}
		first := h.dial(t, psrp.Options{})
		p, err := first.Start(t.Context(), psrp.Command{Name: "Invoke-PoolFailBack"})
		if err != nil {
			t.Fatal(err)
		}
		if c.lost {
			refusing.Store(true)
			breaking.Store(true)
			<-first.Done()
			breaking.Store(false)
		} else {
			if err := first.Disconnect(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := first.Close(t.Context()); err != nil {
				t.Errorf("%s: closing after: %v", c.reason, err)
			}
		}
		h.mu.Lock()
		h.say(p.Ticket().Pipeline.String(), []message.Message{{Type: message.PipelineOutput, Text: "<S>moved</S>"}, ended(message.Completed)})
		h.mu.Unlock()
		_, resumed, err := psrp.Resume(t.Context(), h.endpoint(), p.Ticket(), credentials, psrp.Options{})
		if err != nil {
			t.Fatalf("%s: %v", c.reason, err)
		}
		if outcome, err := resumed.Wait(t.Context()); err != nil || len(outcome.Output) != 1 || outcome.Output[0].String() != "moved" {
			t.Errorf("%s: %+v, %v", c.reason, outcome, err)
		}
		got := slices.DeleteFunc(h.heard(), func(verb string) bool { return !strings.HasSuffix(verb, "onnect") && verb != "Delete" })
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: requests (-want +got):\n%s", c.reason, diff)
		}
	}
}

func TestASessionThatNobodyUsesIsReplaced(t *testing.T) {
	h := newHost(t)
	now := time.Now()
	o := psrp.Options{}
	o.IdleTimeout, o.MaxAge, o.Clock = 4*time.Minute, time.Hour, func() time.Time { return now }
	s, opened := h.dial(t, o), now
	for _, c := range []struct {
		after            time.Duration
		healthy, expired bool
	}{{2 * time.Minute, true, false}, {3 * time.Minute, false, false}, {2 * time.Hour, false, true}} {
		now = opened.Add(c.after)
		if s.Healthy() != c.healthy || s.Expired() != c.expired {
			t.Errorf("after %s: healthy %v, expired %v", c.after, s.Healthy(), s.Expired())
		}
	}
}
