package sights_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/sights"
)

var (
	begin = time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	org   = memory.Object{Namespace: "lync", Name: "org"}
)

// twoPools is an observation of two Edge pools of one machine each.
func twoPools(at time.Time) sights.Sight {
	s := sights.Sight{Edition: memory.Edition{UID: "lt", Generation: 1}, Snapshot: lync.Snapshot{At: at, EdgeServers: map[lync.Host]lync.Part[lync.EdgeServerState]{}}}
	t := &s.Snapshot.Topology.Value
	t.Signature, t.ServerTime, t.Replicas = "s1", at, map[lync.Host]lync.Replica{}
	t.Sites = []lync.Site{{Name: "Redmond", SIPRoute: "edge1.contoso.com"}}
	for _, name := range []string{"edge1.contoso.com", "edge2.contoso.com"} {
		t.EdgePools = append(t.EdgePools, lync.EdgePool{FQDN: name, Site: "Redmond", Servers: []lync.EdgeServer{{FQDN: name}}})
		t.Replicas[lync.HostOf(name)] = lync.Replica{UpToDate: true, LastUpdate: at}
		s.Snapshot.EdgeServers[lync.HostOf(name)] = lync.Part[lync.EdgeServerState]{Value: lync.EdgeServerState{LocalSignature: "s1",
			Services: []lync.Service{{Name: "RTCSRV", State: lync.ServiceRunning}}, Listening: []netip.AddrPort{listener("192.0.2.1:5061")}}}
	}
	return s
}

// TestUnknownPartsAreNews: another part that cannot be read is news, and so is another kind of
// cause. The words of a cause are none; what it wraps may be anything.
func TestUnknownPartsAreNews(t *testing.T) {
	unread := func(part lync.TopologyPart, kind fault.Kind, words string) sights.Sight {
		s := twoPools(begin)
		err := fault.New(kind, "read", "fe1", words)
		err.Err = opaque{}
		s.Snapshot.Topology.Value.Unknown, s.Snapshot.Topology.Err = []lync.UnknownPart{{Part: part, Err: err}}, err
		return s
	}
	m := sights.New()
	m.Put(org, unread(lync.PartSites, fault.SecondHop, "no"))
	for _, step := range []struct {
		reason string
		now    sights.Sight
		news   bool
	}{
		{"nothing new", unread(lync.PartSites, fault.SecondHop, "no"), false},
		{"other words", unread(lync.PartSites, fault.SecondHop, "non"), false},
		{"another cause", unread(lync.PartSites, fault.RightsMissing, "non"), true},
		{"another part", unread(lync.PartServices, fault.RightsMissing, "non"), true},
		{"everything is read again", twoPools(begin), true},
	} {
		if got := m.Put(org, step.now); got != step.news {
			t.Errorf("%s: news is %v", step.reason, got)
		}
	}
}

// opaque is an error that JSON cannot hold.
type opaque struct{ Nothing chan int }

func (opaque) Error() string { return "opaque" }

func TestNewsWakeRoutes(t *testing.T) {
	edge := func(s *sights.Sight, change func(*lync.Part[lync.EdgeServerState])) {
		state := s.Snapshot.EdgeServers["edge1.contoso.com"]
		state.Value.Listening = slices.Clone(state.Value.Listening)
		change(&state)
		s.Snapshot.EdgeServers["edge1.contoso.com"] = state
	}
	cases := map[string]struct {
		reason string
		change func(*sights.Sight)
		news   bool
	}{
		"nothing":            {"the same world is no news", func(*sights.Sight) {}, false},
		"time of the look":   {"clocks are no news", func(s *sights.Sight) { s.Snapshot.At = s.Snapshot.At.Add(time.Minute) }, false},
		"server's clock":     {"clocks are no news", func(s *sights.Sight) { s.Snapshot.Topology.Value.ServerTime = begin.Add(time.Hour) }, false},
		"replica's heart":    {"reports of a replica that stays up to date are no news", func(s *sights.Sight) { replica(s, true) }, false},
		"replica behind":     {"a replica that falls behind is", func(s *sights.Sight) { replica(s, false) }, true},
		"which endpoint":     {"another server telling the same is no news", func(s *sights.Sight) { s.Snapshot.Endpoint = "https://fe2" }, false},
		"new signature":      {"somebody published", func(s *sights.Sight) { s.Snapshot.Topology.Value.Signature = "s2" }, true},
		"site route":         {"somebody moved a route", func(s *sights.Sight) { s.Snapshot.Topology.Value.Sites = []lync.Site{{Name: "Redmond"}} }, true},
		"topology unread":    {"what cannot be read any more is news", func(s *sights.Sight) { s.Snapshot.Topology.Err = fault.New(fault.Unreachable, "", "", "") }, true},
		"nothing to sign in": {"so is a missing Secret", func(s *sights.Sight) { s.Err = fault.New(fault.Denied, "", "", "") }, true},
		"new edition":        {"routes may wait for it", func(s *sights.Sight) { s.Edition.Generation = 2 }, true},
		"created anew":       {"another object of the same name", func(s *sights.Sight) { s.Edition.UID = "other" }, true},
		"service stopped": {"a machine's services count", func(s *sights.Sight) {
			edge(s, func(p *lync.Part[lync.EdgeServerState]) {
				p.Value.Services = []lync.Service{{Name: "RTCSRV", State: lync.ServiceStopped}}
			})
		}, true},
		"machine unread": {"a machine that died", func(s *sights.Sight) {
			edge(s, func(p *lync.Part[lync.EdgeServerState]) { p.Err = fault.New(fault.Unreachable, "", "", "") })
		}, true},
		"local copy": {"a replica that took a publish up", func(s *sights.Sight) {
			edge(s, func(p *lync.Part[lync.EdgeServerState]) { p.Value.LocalSignature = "s2" })
		}, true},
		"federation port": {"a port that opened", func(s *sights.Sight) {
			edge(s, func(p *lync.Part[lync.EdgeServerState]) {
				p.Value.Listening = append(p.Value.Listening, listener("192.0.2.1:5269"))
			})
		}, true},
		"some other port": {"Windows opens ports as it pleases", func(s *sights.Sight) {
			edge(s, func(p *lync.Part[lync.EdgeServerState]) {
				p.Value.Listening = append(p.Value.Listening, listener("0.0.0.0:49671"))
			})
		}, false},
		"ports in new order": {"and lists them as it pleases", func(s *sights.Sight) {
			edge(s, func(p *lync.Part[lync.EdgeServerState]) {
				p.Value.Listening = append([]netip.AddrPort{listener("0.0.0.0:135")}, p.Value.Listening...)
			})
		}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			all := sights.New()
			if !all.Put(org, twoPools(begin)) {
				t.Fatal("the first look is news")
			}
			next := twoPools(begin)
			c.change(&next)
			if got := all.Put(org, next); got != c.news {
				t.Errorf("%s: news is %v", c.reason, got)
			}
			if all.Put(org, next) {
				t.Errorf("%s: told twice", c.reason)
			}
		})
	}
}

func listener(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

func replica(s *sights.Sight, upToDate bool) {
	s.Snapshot.Topology.Value.Replicas = map[lync.Host]lync.Replica{"edge1.contoso.com": {UpToDate: upToDate, LastUpdate: begin.Add(time.Hour)},
		"edge2.contoso.com": {UpToDate: true}}
}

func TestFreshLooksAreAwaited(t *testing.T) {
	all := sights.New()
	all.Put(org, twoPools(begin))
	all.Await(org, begin.Add(time.Minute))
	all.Await(org, begin) // another reader, which accepts an older observation
	for _, c := range []struct {
		reason string
		at     time.Duration
		wakes  bool
	}{
		{"a look that began too early wakes who waits, so that another is asked for", 59 * time.Second, true},
		{"and they go on waiting", 59 * time.Second, true},
		{"a look at the very time is fresh", time.Minute, true},
		{"nobody waits any more", 2 * time.Minute, false},
	} {
		if got := all.Put(org, twoPools(begin.Add(c.at))); got != c.wakes {
			t.Errorf("%s: wakes is %v", c.reason, got)
		}
	}
}

func TestOrganizationsAreForgotten(t *testing.T) {
	all := sights.New()
	all.Put(org, twoPools(begin))
	all.Await(org, begin.Add(time.Minute))
	all.Forget(org)
	if _, ok := all.Get(org); ok {
		t.Error("a forgotten organization is still seen")
	}
	if !all.Put(org, twoPools(begin)) || all.Put(org, twoPools(begin)) {
		t.Error("after forgetting, one look is news and nobody waits")
	}
}
