package dns_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	simdns "github.com/fedroute/fedroute/lyncsim/dns"
)

// TestFailingServers checks that each way to fail has its kind, and that the message says
// whether the change was made.
func TestFailingServers(t *testing.T) {
	tests := map[simdns.Fault]struct {
		reason string
		want   fault.Kind
		made   bool
		says   string
	}{
		simdns.Healthy:        {"the signed answer is yes", "", true, ""},
		simdns.RefuseUpdates:  {"policy", fault.Refused, false, "policy does not allow"},
		simdns.FailUpdates:    {"a frozen zone", fault.Unreachable, false, "tried again later"},
		simdns.NoUpdates:      {"the server has none", fault.Unsupported, false, "enable dynamic updates"},
		simdns.LoseReplies:    {"it was made and nobody said so", fault.OutcomeUnknown, true, "look before retrying"},
		simdns.WrongSignature: {"anybody may have said yes", fault.OutcomeUnknown, true, "did not verify"},
		simdns.ForgeReplies:   {"and it may not even be true", fault.OutcomeUnknown, false, "did not verify"},
		simdns.Broken:         {"the zone cannot even be found", fault.Unreachable, false, "SERVFAIL"},
		simdns.Silent:         {"nothing was sent yet", fault.Unreachable, false, "no answer in time"},
	}
	for _, f := range simdns.Faults {
		t.Run(string(f), func(t *testing.T) {
			tc := tests[f]
			o := start(t)
			o.primary.Fail(f)
			c := o.config()
			c.Timeout = 300 * time.Millisecond
			change := dns.Change{From: set(t, "sip.contoso.com", dns.A, 300, "192.0.2.10"), To: set(t, "sip.contoso.com", dns.A, 300, "192.0.2.20")}
			err := writerOf(t, c, key).Write(t.Context(), []dns.Change{change}, dns.Always)
			if got := fault.KindOf(err); got != tc.want {
				t.Errorf("%s: got %q (%v), want %q", tc.reason, got, err, tc.want)
			}
			if err != nil && !strings.Contains(fault.Sentence(err), tc.says) {
				t.Errorf("the message %q does not say %q", fault.Sentence(err), tc.says)
			}
			made := o.Lookup("sip.contoso.com", "A")[0] == "192.0.2.20"
			if made != tc.made {
				t.Errorf("%s: made %v, want %v", tc.reason, made, tc.made)
			}
		})
	}
}

func TestSilentAfterSendingIsUnknown(t *testing.T) {
	o := start(t)
	c := o.config()
	ctx, cancel := context.WithCancel(t.Context())
	c.Now = func() time.Time { // asked for just before the update is sent
		o.primary.Fail(simdns.Silent)
		time.AfterFunc(100*time.Millisecond, cancel)
		return time.Now()
	}
	change := dns.Change{From: set(t, "sip.contoso.com", dns.A, 300, "192.0.2.10"), To: set(t, "sip.contoso.com", dns.A, 0)}
	err := writerOf(t, c, key).Write(ctx, []dns.Change{change}, dns.Always)
	if !fault.Is(err, fault.OutcomeUnknown) {
		t.Errorf("a cancelled wait for the reply leaves the outcome open, got %v", err)
	}
}

func TestClocksApart(t *testing.T) {
	tests := map[string]struct {
		reason string
		skew   time.Duration
		want   fault.Kind
	}{
		"a little": {"five minutes are allowed", 4 * time.Minute, ""},
		"ahead":    {"the server is an hour ahead", time.Hour, fault.Denied},
		"behind":   {"the server is an hour behind", -time.Hour, fault.Denied},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			o := start(t)
			o.primary.Skew(tc.skew)
			change := dns.Change{From: set(t, "sip.contoso.com", dns.A, 300, "192.0.2.10"), To: set(t, "sip.contoso.com", dns.A, 0)}
			err := o.writer(t).Write(t.Context(), []dns.Change{change}, dns.Always)
			if got := fault.KindOf(err); got != tc.want {
				t.Errorf("%s: got %q (%v), want %q", tc.reason, got, err, tc.want)
			}
			if err != nil && !strings.Contains(err.Error(), "the clocks differ by 1h0m") && !strings.Contains(err.Error(), "the clocks differ by 59m") {
				t.Errorf("%s: the message does not say how far: %v", tc.reason, err)
			}
		})
	}
}

func TestRotatedKey(t *testing.T) {
	o := start(t)
	w := o.writer(t)
	o.RemoveKey("fedroute")
	change := []dns.Change{{From: set(t, "sip.contoso.com", dns.A, 300, "192.0.2.10"), To: set(t, "sip.contoso.com", dns.A, 60, "192.0.2.20")}}
	if err := w.Write(t.Context(), change, dns.Always); !fault.Is(err, fault.Denied) {
		t.Errorf("the key is gone: got %v, want Denied", err)
	}
	if err := o.SetKey(simdns.Key{Name: "fedroute", Secret: secret}); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(t.Context(), change, dns.Always); err != nil {
		t.Errorf("the key is back: %v", err)
	}
}

func TestHandEditIsDriftAndIsRepaired(t *testing.T) {
	o := start(t)
	r, w := o.reader(t), o.writer(t)
	want := set(t, "sip.contoso.com", dns.A, 300, "192.0.2.10")
	if err := o.Set("administrator", "sip.contoso.com", "A", 60, "198.51.100.66"); err != nil {
		t.Fatal(err)
	}
	if l := lookup(t, r, "sip.contoso.com", dns.A); l.Set.Same(want) {
		t.Fatal("the drift is not seen")
	}
	if err := move(t.Context(), r, w, want); err != nil {
		t.Fatal(fault.Sentence(err))
	}
	var told [][]string
	for _, e := range o.Journal() {
		told = append(told, append([]string{e.By}, e.Changes...))
	}
	expect := [][]string{
		{"administrator", "-sip.contoso.com 300 A 192.0.2.10", "+sip.contoso.com 60 A 198.51.100.66"},
		{"fedroute.", "+sip.contoso.com 300 A 192.0.2.10", "-sip.contoso.com 60 A 198.51.100.66"},
	}
	if diff := cmp.Diff(expect, told); diff != "" {
		t.Errorf("the journal tells it (-want +got):\n%s", diff)
	}
}
