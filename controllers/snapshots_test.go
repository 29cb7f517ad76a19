package controllers

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

func TestSnapshotsWakeRoutesForNews(t *testing.T) {
	edge := func(s *sight, change func(*lync.Part[lync.EdgeServerState])) {
		part := s.snapshot.EdgeServers["edge1.contoso.com"]
		part.Value.Listening = slices.Clone(part.Value.Listening)
		change(&part)
		s.snapshot.EdgeServers["edge1.contoso.com"] = part
	}
	cases := map[string]struct {
		reason string
		change func(*sight)
		news   bool
	}{
		"nothing":            {"the same world is no news", func(*sight) {}, false},
		"time of the look":   {"clocks are no news", func(s *sight) { s.snapshot.At = s.snapshot.At.Add(time.Minute) }, false},
		"server's clock":     {"clocks are no news", func(s *sight) { s.snapshot.Topology.Value.ServerTime = begin.Add(time.Hour) }, false},
		"replica's heart":    {"reports of a replica that stays up to date are no news", func(s *sight) { replica(s, true) }, false},
		"replica behind":     {"a replica that falls behind is", func(s *sight) { replica(s, false) }, true},
		"which endpoint":     {"another server telling the same is no news", func(s *sight) { s.snapshot.Endpoint = "https://fe2" }, false},
		"new signature":      {"somebody published", func(s *sight) { s.snapshot.Topology.Value.Signature = "s2" }, true},
		"site route":         {"somebody moved a route", func(s *sight) { s.snapshot.Topology.Value.Sites = []lync.Site{{Name: "Redmond"}} }, true},
		"topology unread":    {"what cannot be read any more is news", func(s *sight) { s.snapshot.Topology.Err = fault.New(fault.Unreachable, "", "", "") }, true},
		"nothing to sign in": {"so is a missing Secret", func(s *sight) { s.err = fault.New(fault.Denied, "", "", "") }, true},
		"new edition":        {"routes may wait for it", func(s *sight) { s.generation = 2 }, true},
		"created anew":       {"another object of the same name", func(s *sight) { s.uid = "other" }, true},
		"service stopped": {"a machine's services count", func(s *sight) {
			edge(s, func(p *lync.Part[lync.EdgeServerState]) {
				p.Value.Services = []lync.Service{{Name: "RTCSRV", State: lync.ServiceStopped}}
			})
		}, true},
		"machine unread": {"a machine that died", func(s *sight) {
			edge(s, func(p *lync.Part[lync.EdgeServerState]) { p.Err = fault.New(fault.Unreachable, "", "", "") })
		}, true},
		"local copy": {"a replica that took a publish up", func(s *sight) { edge(s, func(p *lync.Part[lync.EdgeServerState]) { p.Value.LocalSignature = "s2" }) }, true},
		"federation port": {"a port that opened", func(s *sight) {
			edge(s, func(p *lync.Part[lync.EdgeServerState]) {
				p.Value.Listening = append(p.Value.Listening, listener("192.0.2.1:5269"))
			})
		}, true},
		"some other port": {"Windows opens ports as it pleases", func(s *sight) {
			edge(s, func(p *lync.Part[lync.EdgeServerState]) {
				p.Value.Listening = append(p.Value.Listening, listener("0.0.0.0:49671"))
			})
		}, false},
		"ports in new order": {"and lists them as it pleases", func(s *sight) {
			edge(s, func(p *lync.Part[lync.EdgeServerState]) {
				p.Value.Listening = append([]netip.AddrPort{listener("0.0.0.0:135")}, p.Value.Listening...)
			})
		}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			all := newSnapshots()
			if !all.put(orgKey, twoPools(begin)) {
				t.Fatal("the first look is news")
			}
			next := twoPools(begin)
			c.change(&next)
			if got := all.put(orgKey, next); got != c.news {
				t.Errorf("%s: news is %v", c.reason, got)
			}
			if all.put(orgKey, next) {
				t.Errorf("%s: told twice", c.reason)
			}
		})
	}
}

func listener(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

func replica(s *sight, upToDate bool) {
	s.snapshot.Topology.Value.Replicas = map[string]lync.Replica{"edge1.contoso.com": {UpToDate: upToDate, LastUpdate: begin.Add(time.Hour), LastStatus: begin.Add(time.Hour)},
		"edge2.contoso.com": {UpToDate: true}}
}

func TestSnapshotsAwaited(t *testing.T) {
	all := newSnapshots()
	all.put(orgKey, twoPools(begin))
	all.await(orgKey, begin.Add(time.Minute))
	all.await(orgKey, begin) // somebody who is content with less
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
		if got := all.put(orgKey, twoPools(begin.Add(c.at))); got != c.wakes {
			t.Errorf("%s: wakes is %v", c.reason, got)
		}
	}
}

func TestSnapshotsForget(t *testing.T) {
	all := newSnapshots()
	all.put(orgKey, twoPools(begin))
	all.await(orgKey, begin.Add(time.Minute))
	all.forget(orgKey)
	if _, ok := all.get(orgKey); ok {
		t.Error("a forgotten organization is still seen")
	}
	if !all.put(orgKey, twoPools(begin)) || all.put(orgKey, twoPools(begin)) {
		t.Error("after forgetting, one look is news and nobody waits")
	}
}
