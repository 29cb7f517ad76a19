package session

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/clixml"
	"github.com/fedroute/fedroute/internal/psrp/message"
	"github.com/fedroute/fedroute/internal/remote"
)

// host answers each function with one text, or with an error.
type host struct {
	answers map[string]string
	errors  map[string]error
	asked   []psrp.Command
	closed  bool
}

func (h *host) Call(_ context.Context, c psrp.Command) (psrp.Outcome, error) {
	h.asked = append(h.asked, c)
	if err := h.errors[c.Name]; err != nil {
		return psrp.Outcome{State: message.Failed}, err
	}
	return psrp.Outcome{State: message.Completed, Output: []*clixml.Value{clixml.String(h.answers[c.Name])}}, nil
}

func (h *host) Healthy() bool               { return true }
func (h *host) Expired() bool               { return false }
func (h *host) Close(context.Context) error { h.closed = true; return nil }

const described = `{"Kit":1,"Result":{"Functions":[{"Name":"Read-Topology","Generation":1},{"Name":"Publish-FederationFlags","Generation":1},{"Name":"Set-SiteRoute","Generation":1},` +
	`{"Name":"Set-EdgeAssociation","Generation":0},{"Name":"Invoke-PoolFailBack","Generation":2}],"Sites":["redmond"],"Pools":[],"Zones":[]}}`

func failure(id string) error {
	record := &psrp.ErrorRecord{ID: id, Category: "X", Message: "the server's text"}
	return &fault.Error{Kind: fault.Failed, Cause: record.Message, Err: record}
}

// TestArguments: each field of a request becomes one typed parameter. Empty ones are left
// out.
func TestArguments(t *testing.T) {
	type publish struct {
		Signature             string
		EnableSip, DisableSip []string
		ProposeOnly           bool
	}
	cases := []struct {
		reason, function string
		arguments        any
		want             []psrp.Parameter
		fails            string
	}{
		{"texts", "Set-SiteRoute", struct{ Site, Protocol, EdgePool string }{"Redmond", "SIP", "edge1"},
			[]psrp.Parameter{{Name: "Site", Value: "Redmond"}, {Name: "Protocol", Value: "SIP"}, {Name: "EdgePool", Value: "edge1"}}, ""},
		{"a list and a Boolean, in the order of the declaration", "Publish-FederationFlags", publish{"s", []string{"a", "b"}, []string{}, true},
			[]psrp.Parameter{{Name: "Signature", Value: "s"}, {Name: "EnableSip", Value: []string{"a", "b"}}, {Name: "ProposeOnly", Value: "true"}}, ""},
		{"false and an empty list are the function's own defaults", "Publish-FederationFlags", publish{Signature: "s"},
			[]psrp.Parameter{{Name: "Signature", Value: "s"}}, ""},
		{"no arguments", "Set-SiteRoute", nil, nil, ""},
		{"a field that the function does not know would be lost in silence", "Set-SiteRoute", struct{ Nonsense string }{"x"}, nil, "takes no parameter Nonsense"},
		{"an object is no text", "Set-SiteRoute", struct{ Site any }{map[string]string{"a": "b"}}, nil, "parameter Site"},
	}
	for _, c := range cases {
		h := &host{answers: map[string]string{"Get-FedRouteKit": described, c.function: `{"Kit":1,"Result":{"Route":"x"}}`}}
		s, err := Open(t.Context(), h, "fe1")
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Call(t.Context(), remote.Request{Name: c.function, Script: "never sent", Arguments: c.arguments})
		if c.fails != "" {
			if !fault.Is(err, fault.Internal) || !strings.Contains(err.Error(), c.fails) || len(h.asked) != 1 {
				t.Errorf("%s: %v after %d calls, want Internal saying %q and nothing sent", c.reason, err, len(h.asked), c.fails)
			}
			continue
		}
		if err != nil || string(got) != `[{"Route":"x"}]` {
			t.Errorf("%s: %s, %v", c.reason, got, err)
			continue
		}
		if diff := cmp.Diff(c.want, h.asked[1].Parameters); diff != "" || h.asked[1].Name != c.function {
			t.Errorf("%s: %s (-want +got):\n%s", c.reason, h.asked[1].Name, diff)
		}
	}
}

// TestFaults: what a function answers, and what PowerShell says in its place, become the
// faults that the worker gives for the same.
func TestFaults(t *testing.T) {
	cases := []struct {
		reason, function, answer string
		err                      error
		kind                     fault.Kind
		says                     string
		script                   *remote.ScriptError
	}{
		{"an error of the script is data", "Set-SiteRoute", `{"Kit":1,"Error":{"id":"fedroute.Invalid,X","category":"InvalidData","message":"no","target":"t","line":7}}`, nil,
			fault.Failed, "no", &remote.ScriptError{ID: "fedroute.Invalid,X", Category: "InvalidData", Message: "no", Target: "t", Line: 7, Script: "Set-SiteRoute"}},
		{"a function of another role", "Set-SiteRoute", "", failure("CommandNotFoundException"), fault.Denied, "shows this account no function Set-SiteRoute", nil},
		{"a value outside its pattern", "Set-SiteRoute", "", failure("ParameterArgumentValidationError,Set-SiteRoute"), fault.Invalid, "refuses a value: the server's text", nil},
		{"a parameter that came later", "Set-SiteRoute", "", failure("NamedParameterNotFound,Set-SiteRoute"), fault.Unsupported, "is older than this program", nil},
		{"an unknown error stays what it is", "Set-SiteRoute", "", failure("Whatever"), fault.Failed, "the server's text", nil},
		{"a lost answer stays what it is", "Set-SiteRoute", "", fault.New(fault.OutcomeUnknown, "x", "fe1", "no answer in time"), fault.OutcomeUnknown, "no answer in time", nil},
		{"no JSON", "Read-Topology", `Hello`, nil, fault.Unsupported, "not one of fedroute's kit", nil},
		{"neither result nor error", "Read-Topology", `{"Kit":1}`, nil, fault.Unsupported, "not one of fedroute's kit", nil},
		{"no JSON, and something was changed", "Set-SiteRoute", `Hello`, nil, fault.OutcomeUnknown, "it may have taken effect; it is looked at; write the kit anew", nil},
		{"a text of many lines", "Read-Topology", `{"Kit":1,"Error":{"id":"X","category":"X","message":"no\r\n\tright.","line":7}}`, nil,
			fault.Failed, "Read-Topology fe1: no right", &remote.ScriptError{ID: "X", Category: "X", Message: "no\r\n\tright.", Line: 7, Script: "Read-Topology"}},
		{"a function that changed since", "Set-EdgeAssociation", "", nil, fault.Unsupported, "has no function Set-EdgeAssociation", nil},
		{"a function that will change", "Invoke-PoolFailBack", "", nil, fault.Unsupported, "is newer than this program", nil},
		{"a function of another machine", "Read-EdgeServer", "", nil, fault.Unsupported, "has no function Read-EdgeServer", nil},
	}
	for _, c := range cases {
		h := &host{answers: map[string]string{"Get-FedRouteKit": described, c.function: c.answer}, errors: map[string]error{c.function: c.err}}
		s, err := Open(t.Context(), h, "fe1")
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Call(t.Context(), remote.Request{Name: c.function})
		if fault.KindOf(err) != c.kind || !strings.Contains(fault.Sentence(err), c.says) {
			t.Errorf("%s: %s %v, want %s saying %q", c.reason, fault.KindOf(err), err, c.kind, c.says)
		}
		thrown, _ := errors.AsType[*remote.ScriptError](err)
		if diff := cmp.Diff(c.script, thrown); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}

// TestKitTellsWhatItLacks: functions of another generation are named, those of other kinds
// of machines are not.
func TestKitTellsWhatItLacks(t *testing.T) {
	h := &host{answers: map[string]string{"Get-FedRouteKit": described}}
	s, err := Open(t.Context(), h, "fe1")
	if err != nil {
		t.Fatal(err)
	}
	want := remote.Kit{Version: 1, Lacks: []string{"Invoke-PoolFailBack", "Read-EnablePermission", "Read-TopologyDocument", "Restore-SimpleUrls", "Set-EdgeAssociation", "Set-NextHop"}, Sites: []string{"redmond"}, Pools: []string{}}
	if diff := cmp.Diff(want, s.Kit()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOpeningNeedsAKit(t *testing.T) {
	for _, c := range []struct {
		reason, answer string
		err            error
		kind           fault.Kind
	}{
		{"the account is in no group of the kit", "", failure("CommandNotFoundException"), fault.Denied},
		{"its list of names is damaged", `{"Kit":1,"Error":{"id":"X","category":"X","message":"Invalid JSON primitive: Sites.","line":7}}`, nil, fault.Failed},
		{"another configuration has a function of the name", `{"Kit":1,"Result":{"Functions":"all"}}`, nil, fault.Unsupported},
		{"the host is gone", "", fault.New(fault.Unreachable, "x", "fe1", "no answer in time"), fault.Unreachable},
	} {
		h := &host{answers: map[string]string{"Get-FedRouteKit": c.answer}, errors: map[string]error{"Get-FedRouteKit": c.err}}
		if s, err := Open(t.Context(), h, "fe1"); s != nil || !fault.Is(err, c.kind) || !h.closed {
			t.Errorf("%s: %v, closed %v; want %s and the session closed", c.reason, err, h.closed, c.kind)
		}
	}
}

// TestCallsEndWithTheirContext: an hour of failback is longer than a session's own limit.
func TestCallsEndWithTheirContext(t *testing.T) {
	h := &host{answers: map[string]string{"Get-FedRouteKit": described, "Set-SiteRoute": `{"Kit":1,"Result":{}}`}}
	s, err := Open(t.Context(), h, "fe1")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
	defer cancel()
	if _, err := s.Call(ctx, remote.Request{Name: "Set-SiteRoute"}); err != nil {
		t.Fatal(err)
	}
	if first, second := h.asked[0].Limit, h.asked[1].Limit; first != 0 || second < 2*time.Hour {
		t.Errorf("limits %s and %s, want the session's own and three hours", first, second)
	}
}
