package apply_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// start is the time at which every test begins, by the controller's clock.
var start = time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)

const (
	patience            = 10 * time.Second // of each kind of step that waits
	replicationPatience = time.Minute      // of AwaitReplication
)

var limits = apply.Limits{Poll: time.Second, Wait: map[plan.Kind]time.Duration{
	plan.KindStartEdgeServices: patience, plan.KindAwaitReplication: replicationPatience, plan.KindSetupEdgeServer: patience,
	plan.KindRestartEdgeServices: patience, plan.KindCheckPorts: patience, plan.KindUpdateDNS: patience}}

// clock moves only when code sleeps on it. On a frozen clock, Sleep returns when its context
// ends.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	frozen bool
	later  []appointment
}

type appointment struct {
	at time.Time
	do func()
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// after calls do as soon as the clock is d past start.
func (c *clock) after(d time.Duration, do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.later = append(c.later, appointment{start.Add(d), do})
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	frozen := c.frozen
	c.now = c.now.Add(d)
	var due []func()
	c.later = slices.DeleteFunc(c.later, func(a appointment) bool {
		if a.at.After(c.now) {
			return false
		}
		due = append(due, a.do)
		return true
	})
	c.mu.Unlock()
	for _, do := range due {
		do()
	}
	if frozen {
		<-ctx.Done()
	}
	return ctx.Err()
}

// farm is an organization with one Edge pool of two machines, to which the tests move federation.
// It is also the Observer, Operator, Ledger and Prober of its runs, and records each act in acts.
type farm struct {
	log   *slog.Logger // of its runs; nil: they log nothing
	clock *clock
	zone  *zone // contoso.com
	other *zone // adatum.com

	mu       sync.Mutex
	topology lync.Topology
	skew     time.Duration // the server's clock minus the controller's
	machines map[string]lync.EdgeServerState
	open     map[netip.Addr]bool
	silent   map[string]bool // internal machines that do not answer
	probes   int
	hollow   bool // every federation port accepts connections and never speaks
	acts     []string
	// before is called ahead of an act, without the lock; if it returns an error, the act fails.
	before map[string]func() error
	// effect replaces what an act does to the organization.
	effect  map[string]func()
	emptied []string // scopes whose simple URLs a publish emptied
	lacks   string   // what the account lacks to enable a topology
	// unread holds the error of reading the topology, a machine or the account's rights.
	unread map[string]error
	// looking is called ahead of a look at the topology, without the lock; it may be nil.
	looking func()
}

func newFarm() *farm {
	f := &farm{
		clock: &clock{now: start}, zone: newZone(), other: newZone(),
		machines: map[string]lync.EdgeServerState{}, open: map[netip.Addr]bool{}, silent: map[string]bool{},
		before: map[string]func() error{}, effect: map[string]func(){}, unread: map[string]error{},
	}
	f.topology = lync.Topology{Signature: "s1", Replicas: map[lync.Host]lync.Replica{},
		FrontEndPools: []lync.FrontEndPool{{FQDN: "fe1.contoso.com", State: lync.PoolFailedOver}}}
	for _, name := range []string{"fe1a.contoso.com", "fe1b.contoso.com"} {
		f.topology.Replicas[lync.HostOf(name)] = lync.Replica{UpToDate: true}
	}
	for _, s := range []lync.EdgeServer{edgeA, edgeB} {
		f.machines[s.FQDN] = lync.EdgeServerState{LocalSignature: "s1", Services: []lync.Service{{Name: "RTCSRV", State: lync.ServiceRunning}}}
		f.topology.Replicas[lync.HostOf(s.FQDN)] = lync.Replica{UpToDate: true, LastUpdate: start.Add(-time.Hour)}
	}
	return f
}

var (
	edgeA = machine("edge-a.contoso.com", "192.0.2.1", "10.0.0.1")
	edgeB = machine("edge-b.contoso.com", "192.0.2.2", "10.0.0.2")
)

func machine(fqdn, external, inside string) lync.EdgeServer {
	return lync.EdgeServer{FQDN: fqdn, ExternalAddresses: []netip.Addr{netip.MustParseAddr(external)}, InterfaceAddresses: []netip.Addr{netip.MustParseAddr(inside)}}
}

func (f *farm) hands() apply.Hands {
	return apply.Hands{Observer: f, Operator: f, Ledger: f, Zones: map[string]apply.Zone{"contoso.com": {Reader: f.zone, Writer: f.zone}, "adatum.com": {Reader: f.other, Writer: f.other}}, Prober: f, Clock: f.clock, Log: f.log,
		Why: []slog.Attr{slog.String("why", "the spec changed"), slog.String("by", "kubectl-edit")}}
}

// begin starts a run of the steps, as if they were planned from the farm's current topology.
func (f *farm) begin(t *testing.T, changed func(), steps ...plan.Step) *apply.Run {
	t.Helper()
	r := apply.Start(t.Context(), plan.Plan{ID: "sha256-1", Steps: steps}, f.topology, f.hands(), limits, changed)
	t.Cleanup(r.Abort)
	return r
}

// carryOut runs the steps to their end.
func (f *farm) carryOut(t *testing.T, steps ...plan.Step) ([]apply.Entry, error) {
	t.Helper()
	r := f.begin(t, func() {}, steps...)
	<-r.Done()
	_, _, err := r.Ended()
	return r.Entries(), err
}

// act records an act and carries it out.
func (f *farm) act(name string, effect func()) error {
	f.mu.Lock()
	f.acts = append(f.acts, name)
	before, replaced := f.before[name], f.effect[name]
	f.mu.Unlock()
	if before != nil {
		if err := before(); err != nil {
			return err
		}
	}
	if replaced != nil {
		effect = replaced
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	effect()
	return nil
}

// machine changes the state that an Edge machine reports. The caller holds the lock, or no other
// goroutine uses the farm.
func (f *farm) machine(s lync.EdgeServer, change func(*lync.EdgeServerState)) {
	state := f.machines[s.FQDN]
	change(&state)
	f.machines[s.FQDN] = state
}

// replica changes two things at a time after start: the state that the central store reports of a
// machine's replica, and the signature that the machine reports.
func (f *farm) replica(at time.Duration, s lync.EdgeServer, signature string, r lync.Replica) {
	f.clock.after(at, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.topology.Replicas[lync.HostOf(s.FQDN)] = r
		f.machine(s, func(m *lync.EdgeServerState) { m.LocalSignature = signature })
	})
}

func (f *farm) ReadTopology(context.Context) (lync.Topology, string, error) {
	if f.looking != nil {
		f.looking()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.topology
	t.ServerTime = f.clock.Now().Add(f.skew)
	t.Replicas = map[lync.Host]lync.Replica{}
	for name, r := range f.topology.Replicas {
		t.Replicas[name] = r
	}
	return t, "https://fe1.contoso.com:5986/wsman", f.unread["topology"]
}

func (f *farm) ReadEdgeServer(_ context.Context, server string) (lync.EdgeServerState, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.machines[server], f.unread[server]
}

func (f *farm) ReadEdgeCertificate(context.Context, string) (lync.Certificate, error) {
	return lync.Certificate{}, nil
}

func (f *farm) SetNextHop(_ context.Context, edgePool, frontEndPool string) (string, string, error) {
	err := f.act("lead "+edgePool+" to "+frontEndPool, func() { f.topology.Signature = "s3" })
	if f.effect["keep hops"] != nil {
		frontEndPool = "fe1.contoso.com"
	}
	return frontEndPool, "s3", err
}

func (f *farm) PublishFlags(_ context.Context, change lync.FlagChange) (lync.Published, error) {
	err := f.act("publish from "+change.Signature, func() { f.topology.Signature = "s2" })
	return lync.Published{Signature: "s2"}, err
}

func (f *farm) ProposeFlags(_ context.Context, change lync.FlagChange) (lync.Proposal, error) {
	return lync.Proposal{Digest: "sha256-of-s2", SimpleURLs: "urls"}, f.act("propose from "+change.Signature, func() {})
}

func (f *farm) RestoreSimpleURLs(_ context.Context, kept string) ([]string, error) {
	var emptied []string
	err := f.act("restore "+kept, func() { emptied, f.emptied = f.emptied, nil })
	return emptied, err
}

// Publishing, Restored, SetUp and TakingAway make the farm the run's Ledger.
func (f *farm) Publishing(_ context.Context, p lync.Proposal) error {
	return f.act("note "+p.Digest+" and "+p.SimpleURLs, func() {})
}

func (f *farm) Restored(context.Context) error { return f.act("note restored", func() {}) }

func (f *farm) SetUp(_ context.Context, server string, installed []lync.Protocol) error {
	return f.act(fmt.Sprintf("note %s has %v", server, installed), func() {})
}

func (f *farm) TakingAway(_ context.Context, server string) error {
	return f.act("note nothing of "+server, func() {})
}

func (f *farm) ReadDocument(context.Context) (string, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.topology.Signature, "sha256-of-" + f.topology.Signature, f.unread["topology"]
}

// MayEnable is no act: it changes nothing.
func (f *farm) MayEnable(context.Context) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lacks, f.unread["rights"]
}

func (f *farm) SetSiteRoute(_ context.Context, site string, protocol lync.Protocol, pool string) (string, error) {
	found := pool
	f.mu.Lock()
	if f.effect["keep routes"] != nil {
		found = "edge1.contoso.com"
	}
	f.mu.Unlock()
	return found, f.act(fmt.Sprintf("route %s of %s", protocol, site), func() {})
}

func (f *farm) StartServices(_ context.Context, server string) error {
	return f.act("start "+server, func() { f.set(server, lync.ServiceRunning) })
}

func (f *farm) RestartServices(_ context.Context, server string) error {
	return f.act("restart "+server, func() { f.set(server, lync.ServiceRunning) })
}

func (f *farm) set(server string, state lync.ServiceState) {
	f.machines[server] = lync.EdgeServerState{LocalSignature: f.machines[server].LocalSignature, Listening: f.machines[server].Listening,
		Services: []lync.Service{{Name: "RTCSRV", State: state}}}
}

func (f *farm) Setup(_ context.Context, server, signature string) error {
	return f.act("set up "+server+" with "+signature, func() {})
}

func (f *farm) Associate(_ context.Context, frontEndPool, edgePool string) (lync.Association, error) {
	a := lync.Association{Registrar: edgePool, Conferencing: edgePool, Mediation: edgePool, HasMediation: true}
	err := f.act("associate "+frontEndPool, func() {})
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.effect["keep mediation"] != nil {
		a.Mediation = "edge1.contoso.com"
	}
	return a, err
}

func (f *farm) FailBack(_ context.Context, frontEndPool string) error {
	return f.act("fail back "+frontEndPool, func() { f.topology.FrontEndPools[0].State = lync.PoolActive })
}

func (f *farm) Probe(_ context.Context, t probe.Target) probe.Reading {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.probes++
	if t.Host != "" && !f.silent[t.Host] {
		return probe.Reading{Target: t, Open: true, Spoke: true, Detail: "TLS answered"}
	}
	if f.hollow {
		return probe.Reading{Target: t, Open: true, Detail: "open, but the other side hung up"}
	}
	if f.open[t.Address] {
		return probe.Reading{Target: t, Open: true, Spoke: true, Detail: "TLS answered"}
	}
	return probe.Reading{Target: t, Detail: "connection refused"}
}

// refuses gives the error of an act that the remote side tried and failed at.
func refuses() error {
	return fault.New(fault.Failed, "act", "there", "the far side said no").With("nothing moved", "look there")
}
