package apply_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

var (
	hostKey = dns.Key{Name: "sip.contoso.com", Type: dns.A}
	before  = dns.RRSet{Key: hostKey, TTL: 300, Data: []string{"192.0.2.9"}}
	after   = dns.RRSet{Key: hostKey, TTL: 300, Data: []string{"192.0.2.1"}}
)

// zone is a primary and one secondary server, each with one record set, and in some cases a third
// server, ns3, that does not answer.
type zone struct {
	primary, secondary dns.RRSet
	secondaryErr       error
	silent             error // the error of asking ns3; nil: there is no ns3
	unread             error
	// slow is what happens while the primary takes its time to answer a query; nil: it is quick.
	slow func()
	// write is how the primary carries out an update, and the error that the writer gets.
	write  func(z *zone, to dns.RRSet) error
	writes int
	// check is the primary's answer to a check before the update; nil: it would take the update.
	check  func(dns.Change) error
	checks int
}

func newZone() *zone {
	return &zone{primary: before, secondary: before, write: func(z *zone, to dns.RRSet) error {
		z.primary, z.secondary = to, to
		return nil
	}}
}

func (z *zone) Read(_ context.Context, keys []dns.Key) (map[dns.Key]dns.Lookup, error) {
	if z.unread != nil {
		return nil, z.unread
	}
	if z.slow != nil {
		z.slow()
	}
	found := map[dns.Key]dns.Lookup{}
	for _, k := range keys {
		found[k] = dns.Lookup{Set: z.primary, Zone: "contoso.com", Servers: []dns.ServerView{
			{Server: "ns1:53", Set: z.primary}, {Server: "ns2:53", Set: z.secondary, Err: z.secondaryErr}}}
		if l := found[k]; z.silent != nil {
			l.Servers = append(l.Servers, dns.ServerView{Server: "ns3:53", Err: z.silent})
			found[k] = l
		}
	}
	return found, nil
}

func (z *zone) Check(_ context.Context, changes []dns.Change) error {
	z.checks++
	if z.check != nil {
		return z.check(changes[0])
	}
	return nil
}

func (z *zone) Write(_ context.Context, changes []dns.Change, may func() error) error {
	if err := may(); err != nil {
		return err
	}
	z.writes++
	if !z.primary.Same(changes[0].From) {
		return fault.New(fault.WorldChanged, "change zone", "contoso.com", "a record is not as it was read").With("nothing was changed", "it is read again")
	}
	return z.write(z, changes[0].To)
}

var updateDNS = plan.Step{Target: "zone contoso.com", From: "sip.contoso.com A 192.0.2.9 (ttl 300)",
	To: "sip.contoso.com A 192.0.2.1 (ttl 300)", Act: plan.UpdateDNS{Zone: "contoso.com", Changes: []dns.Change{{From: before, To: after}}}}

// ledDNS leads partners to a port of the pool.
var ledDNS = plan.Step{Target: updateDNS.Target, From: updateDNS.From, To: updateDNS.To,
	Act: plan.UpdateDNS{Zone: "contoso.com", Changes: []dns.Change{{From: before, To: after}}, Ports: []probe.Target{sipPort}}}

func lost(z *zone, to dns.RRSet, applied bool) error {
	if applied {
		z.primary, z.secondary = to, to
	}
	return fault.New(fault.OutcomeUnknown, "change zone", "contoso.com", "no answer came").With("it may have been done", "it is read again")
}

// unverified is an update whose reply has a signature that does not verify: anybody may have sent
// that reply.
func unverified(z *zone, to dns.RRSet, applied bool) error {
	if applied {
		z.primary, z.secondary = to, to
	}
	e := fault.New(fault.OutcomeUnknown, "change zone", "contoso.com", "the signature of the server's reply did not verify")
	e.Err = dns.ErrUnverified
	return e
}

func TestUpdateDNSSaysHowItWasConfirmed(t *testing.T) {
	cases := map[string]struct {
		reason string
		write  func(z *zone, to dns.RRSet) error
		state  apply.State
		says   string
	}{
		"verified":              {"nothing is to be said of the usual case", func(z *zone, to dns.RRSet) error { z.primary, z.secondary = to, to; return nil }, apply.Done, ""},
		"unverified, applied":   {"reading is what confirmed it", func(z *zone, to dns.RRSet) error { return unverified(z, to, true) }, apply.Done, "the signature of the server's reply did not verify; confirmed by reading back"},
		"lost, applied":         {"and so it was here", func(z *zone, to dns.RRSet) error { return lost(z, to, true) }, apply.Done, "no answer came; confirmed by reading back"},
		"unverified, not there": {"a forged yes is no success", func(z *zone, to dns.RRSet) error { return unverified(z, to, false) }, apply.Failed, "verify zone contoso.com: the signature of the server's reply did not verify, and the server does not show the change; the records are as before; compare"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			f.zone.write = c.write
			entries, _ := f.carryOut(t, updateDNS)
			if e := entries[0]; e.State != c.state || !strings.HasPrefix(e.Message, c.says) || (c.says == "") != (e.Message == "") {
				t.Errorf("%s: %s %q, want %s %q", c.reason, e.State, e.Message, c.state, c.says)
			}
			if f.zone.writes != 1 {
				t.Errorf("%s: %d updates were sent, want 1", c.reason, f.zone.writes)
			}
		})
	}
}

func TestUpdateDNS(t *testing.T) {
	cases := map[string]struct {
		reason string
		set    func(*farm)
		kind   fault.Kind // of the run's error
		state  string
		writes int
		took   time.Duration
		shows  dns.RRSet // the primary's records at the end
	}{
		"applied":                        {"the usual case", func(*farm) {}, "", "Done", 1, 0, after},
		"already so":                     {"an update that is there is not sent", func(f *farm) { f.zone.primary = after }, "", "Skipped", 0, 0, after},
		"changed meanwhile":              {"the prerequisite protects what a person wrote", func(f *farm) { f.zone.primary.Data = []string{"192.0.2.77"} }, fault.WorldChanged, "Failed", 1, 0, dns.RRSet{Key: hostKey, TTL: 300, Data: []string{"192.0.2.77"}}},
		"cannot be read":                 {"a failed read causes no change", func(f *farm) { f.zone.unread = refuses() }, fault.Failed, "Failed", 0, 0, before},
		"answer lost, applied":           {"reading settles it, nothing is sent again", func(f *farm) { f.zone.write = func(z *zone, to dns.RRSet) error { return lost(z, to, true) } }, "", "Done", 1, 0, after},
		"answer lost, not applied":       {"reading settles it, and a new plan decides what is sent", func(f *farm) { f.zone.write = func(z *zone, to dns.RRSet) error { return lost(z, to, false) } }, fault.OutcomeUnknown, "Failed", 1, 0, before},
		"unverified, applied":            {"reading settles it", func(f *farm) { f.zone.write = func(z *zone, to dns.RRSet) error { return unverified(z, to, true) } }, "", "Done", 1, 0, after},
		"unverified, not applied":        {"a forged yes is none", func(f *farm) { f.zone.write = func(z *zone, to dns.RRSet) error { return unverified(z, to, false) } }, fault.Failed, "Failed", 1, patience, before},
		"swallowed":                      {"an update that the primary never shows did not happen", func(f *farm) { f.zone.write = func(*zone, dns.RRSet) error { return nil } }, fault.Failed, "Failed", 1, patience, before},
		"primary shows it late":          {"a primary may need a moment", func(f *farm) { slowPrimary(f, 3*time.Second) }, "", "Done", 1, 3 * time.Second, after},
		"secondary follows":              {"partners ask any server: the step waits for it", func(f *farm) { slowSecondary(f, 4*time.Second) }, "", "Done", 1, 4 * time.Second, after},
		"secondary lags beyond patience": {"a lagging secondary is told by a condition and fails nothing", func(f *farm) { slowSecondary(f, time.Hour) }, "", "Done", 1, patience, after},
		"secondary cannot be asked":      {"who cannot be asked holds nobody up", func(f *farm) { f.zone.secondaryErr = refuses() }, "", "Done", 1, 0, after},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			c.set(f)
			entries, err := f.carryOut(t, updateDNS)
			if got := fault.KindOf(err); got != c.kind {
				t.Fatalf("%s: the run ended with %q (%v), want %q", c.reason, got, err, c.kind)
			}
			if got := string(entries[0].State); got != c.state {
				t.Errorf("%s: step is %s, want %s (%s)", c.reason, got, c.state, entries[0].Message)
			}
			if f.zone.writes != c.writes {
				t.Errorf("%s: %d updates were sent, want %d", c.reason, f.zone.writes, c.writes)
			}
			if took := f.clock.Now().Sub(start); took != c.took {
				t.Errorf("%s: took %s, want %s", c.reason, took, c.took)
			}
			if !f.zone.primary.Same(c.shows) {
				t.Errorf("%s: the primary shows %s, want %s", c.reason, f.zone.primary, c.shows)
			}
		})
	}
}

// TestMachinesJoinAZone: the port of a machine answers later than that of another one. The zone
// shows the first alone meanwhile. A port that never answers keeps nobody else from partners.
func TestMachinesJoinAZone(t *testing.T) {
	cases := map[string]struct {
		reason string
		opens  time.Duration // when the other machine's port answers
		states []string
		shows  int // how many address sets were published, each with one address more
	}{
		"late":  {"it is added when it answers", 5 * time.Second, []string{"CheckPorts Done", "CheckPorts Done", "UpdateDNS Done", "UpdateDNS Done"}, 2},
		"never": {"the first one serves", 24 * time.Hour, []string{"CheckPorts Done", "CheckPorts Failed", "UpdateDNS Done", "UpdateDNS Pending"}, 1},
	}
	both := dns.RRSet{Key: hostKey, TTL: 300, Data: []string{"192.0.2.1", "192.0.2.2"}}
	joins := func(s lync.EdgeServer, port probe.Target) plan.Step {
		return plan.Step{Target: updateDNS.Target, Act: plan.UpdateDNS{Zone: "contoso.com", Changes: []dns.Change{{From: before, To: both}}, Ports: []probe.Target{port}, Joins: s}}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			f.open[edgeA.ExternalAddresses[0]] = true
			f.clock.after(c.opens, func() { f.open[edgeB.ExternalAddresses[0]] = true })
			var shows []string
			f.zone.write = func(z *zone, to dns.RRSet) error {
				z.primary, z.secondary = to, to
				shows = append(shows, strings.Join(to.Data, " "))
				return nil
			}
			entries, _ := f.carryOut(t, checkPort, checkOther, joins(edgeA, sipPort), joins(edgeB, otherPort))
			if diff := cmp.Diff(c.states, states(entries)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			if f.zone.checks != 1 {
				t.Errorf("%s: the zone was asked %d times before the first step, want once", c.reason, f.zone.checks)
			}
			if len(shows) != c.shows || strings.Contains(shows[0], " ") {
				t.Errorf("%s: the sets were %q one after the other, want %d and the first with one address", c.reason, shows, c.shows)
			}
		})
	}
}

// TestZoneRefusesToBeJoined: the key is not allowed to change the zone. None of its steps is begun.
func TestZoneRefusesToBeJoined(t *testing.T) {
	f := newFarm()
	f.zone.check = func(dns.Change) error { return refuses() }
	f.open[edgeA.ExternalAddresses[0]], f.open[edgeB.ExternalAddresses[0]] = true, true
	one, other := updateDNS, updateDNS
	for step, s := range map[*plan.Step]lync.EdgeServer{&one: edgeA, &other: edgeB} {
		step.Act = plan.UpdateDNS{Zone: "contoso.com", Changes: []dns.Change{{From: before, To: after}}, Joins: s}
	}
	entries, err := f.carryOut(t, one, other)
	if diff := cmp.Diff([]string{"UpdateDNS Failed", "UpdateDNS Failed"}, states(entries)); diff != "" || err == nil || f.zone.writes > 0 {
		t.Errorf("the run ended with %v after %d updates; steps (-want +got):\n%s", err, f.zone.writes, diff)
	}
}

func slowPrimary(f *farm, d time.Duration) {
	f.zone.write = func(z *zone, to dns.RRSet) error {
		f.clock.after(d, func() { z.primary, z.secondary = to, to })
		return nil
	}
}

func slowSecondary(f *farm, d time.Duration) {
	f.zone.write = func(z *zone, to dns.RRSet) error {
		z.primary = to
		f.clock.after(d, func() { z.secondary = to })
		return nil
	}
}

func TestUpdateDNSNamesWhomItWaitsFor(t *testing.T) {
	f := newFarm()
	slowSecondary(f, 3*time.Second)
	f.zone.silent = refuses()
	var notes []string
	running := make(chan *apply.Run, 1)
	f.clock.after(2*time.Second, func() { notes = append(notes, (<-running).Entries()[0].Message) })
	r := f.begin(t, func() {}, updateDNS)
	running <- r
	<-r.Done()
	if !slices.Equal(notes, []string{"waits for ns2:53"}) {
		t.Errorf("while waiting the step says %q, want the server that answers with the old record", notes)
	}
}

func TestZonesAreAskedBeforeTheFirstStep(t *testing.T) {
	says := func(kind fault.Kind) func(dns.Change) error {
		return func(dns.Change) error {
			return fault.New(kind, "change zone", "contoso.com", "so it said").With("", "look there")
		}
	}
	no := []string{"SetSiteRoute Pending", "UpdateDNS Failed"}
	yes := []string{"SetSiteRoute Done", "UpdateDNS Done"}
	cases := map[string]struct {
		reason string
		check  func(dns.Change) error
		kind   fault.Kind
		want   []string
	}{
		"yes":         {"the usual case", nil, "", yes},
		"wrong key":   {"it would have been found when routes had moved", says(fault.Denied), fault.Denied, no},
		"policy":      {"so would this", says(fault.Refused), fault.Refused, no},
		"not there":   {"and this", says(fault.Unreachable), fault.Unreachable, no},
		"changed":     {"a plan for another world is not begun", says(fault.WorldChanged), fault.WorldChanged, no},
		"no answer":   {"nobody said no", says(fault.OutcomeUnknown), "", yes},
		"unsigned":    {"a yes that anybody may have sent is no no", func(dns.Change) error { return unverified(nil, after, false) }, "", yes},
		"unheard":     {"a server that does not understand the question said nothing of the answer", says(fault.Internal), "", yes},
		"still there": {"an earlier run may have ended by then", says(fault.Busy), "", yes},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			f.zone.check = c.check
			entries, err := f.carryOut(t, plan.Step{To: "edge1.contoso.com", Act: plan.SetSiteRoute{Site: "Redmond", Protocol: lync.SIP, EdgePool: "edge1.contoso.com"}}, updateDNS)
			if fault.KindOf(err) != c.kind {
				t.Errorf("%s: got %v, want %q", c.reason, err, c.kind)
			}
			if diff := cmp.Diff(c.want, states(entries)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			if c.kind != "" && !strings.Contains(entries[1].Message, "nothing was changed and no step of the plan was begun; look there") {
				t.Errorf("%s: %q does not say that nothing was begun", c.reason, entries[1].Message)
			}
			if f.zone.checks != 1 {
				t.Errorf("%s: asked %d times", c.reason, f.zone.checks)
			}
		})
	}
}

func TestUpdateOfAForeignZoneIsOurDefect(t *testing.T) {
	f := newFarm()
	s := updateDNS
	s.Act = plan.UpdateDNS{Zone: "fabrikam.com", Changes: []dns.Change{{From: before, To: after}}}
	if _, err := f.carryOut(t, s); fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "no writer was made for it") {
		t.Errorf("got %v, want an internal fault: no hands were made for the zone", err)
	}
}
