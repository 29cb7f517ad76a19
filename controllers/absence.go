package controllers

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/status"
)

// muster judges which machines of the Edge pool are absent, and leaves those out that
// spec.minAvailable allows. It asks for the look that says something new of one.
func (s *scope) muster(now sights.Sight, intent plan.Intent) error {
	seen := now.Snapshot
	a := plan.Attendance{At: seen.At, Pools: seen.Topology.Value.EdgePools, Read: seen.EdgeServers, Hosts: s.facts.Desired.Pool.FQDN,
		Min: minAvailable(s.route.Spec.MinAvailable), Serves: s.serves, OutOfService: s.facts.Desired.OutOfService, SetUp: s.setUpAt()}
	s.facts.Absent = a.Absent(status.Absences(s.facts.Previous))
	for _, absent := range s.facts.Absent {
		next := absent.Next()
		switch {
		case !next.After(seen.At): // this look has said it
		case s.facts.Now.Before(next):
			s.again = min(s.again, next.Sub(s.facts.Now))
		default:
			s.look(next)
		}
	}
	out, returning := plan.Out(s.facts.Absent, seen.At)
	s.facts.Observed.Returning = returning
	var err error
	s.facts.Desired, err = s.facts.Desired.Without(out, intent, seen.Topology.Value)
	return err
}

// minAvailable reads a number or a share, which the schema has checked; nil is all machines.
func minAvailable(v *intstr.IntOrString) plan.MinAvailable {
	switch {
	case v == nil:
		return plan.MinAvailable{}
	case v.Type == intstr.Int:
		return plan.MinAvailable{Machines: v.IntValue()}
	}
	percent, _ := strconv.Atoi(strings.TrimSuffix(v.StrVal, "%"))
	return plan.MinAvailable{Percent: percent}
}

// serves reports whether a federation port of the machine answers.
func (s *scope) serves(server lync.EdgeServer) bool {
	return slices.ContainsFunc(s.facts.Desired.Targets, func(t probe.Target) bool {
		at := slices.ContainsFunc(s.facts.Desired.Pool.Servers, func(o lync.EdgeServer) bool {
			return lync.SameHost(o.FQDN, server.FQDN) && slices.Contains(o.ExternalAddresses, t.Address)
		})
		return at && s.facts.Observed.Ports[t].Answers()
	})
}

// setUpAt gives, by machine, when setup last ended there. What the latest run did counts
// before the cache shows it.
func (s *scope) setUpAt() map[lync.Host]time.Time {
	out := s.setUpAtLast()
	if s.run == nil {
		return out
	}
	for _, e := range s.run.Entries() {
		if act, is := e.Step.Act.(plan.SetupEdgeServer); is && e.State == apply.Done && e.Ended.After(out[lync.HostOf(act.Server.FQDN)]) {
			out[lync.HostOf(act.Server.FQDN)] = e.Ended
		}
	}
	return out
}

// setUpAtLast gives, by machine, when setup ended there, as far as the cache shows it.
func (s *scope) setUpAtLast() map[lync.Host]time.Time {
	out := make(map[lync.Host]time.Time, len(s.topology.Status.Setups))
	for name, record := range s.topology.Status.Setups {
		if record.At != nil {
			out[lync.HostOf(name)] = record.At.Time
		}
	}
	return out
}
