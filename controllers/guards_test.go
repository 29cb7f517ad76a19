package controllers

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/guard"
)

// TestAGuardClosesInTheMiddleOfARun adds a guard that forbids steps for half a minute, beginning
// one second after the run has begun. No further step begins, and the route is reconciled again
// when the half minute is over.
func TestAGuardClosesInTheMiddleOfARun(t *testing.T) {
	closes, opens := begin.Add(2*time.Second), begin.Add(32*time.Second)
	before := guard.Guards
	t.Cleanup(func() { guard.Guards = before })
	guard.Guards = append(slices.Clone(before), func(in guard.Input) guard.Verdict {
		if in.Now.Before(closes) || !in.Now.Before(opens) {
			return guard.Verdict{}
		}
		return guard.Verdict{Reason: guard.Suspended, Message: "4 steps are to be taken; it is night; they begin in the morning", Until: opens}
	})

	route := federationRoute("r", "edge2.contoso.com")
	s := newStage(t, lyncTopology(), managerSecret(), route)
	replies := []string{`[{"Document":"<Topology/>","SimpleUrls":""}]`, `[{"Signature":"s2","BackupFile":"","ExportFile":"","ExportError":"","SimpleUrlsRestored":false}]`}
	s.hosts.answer = func(context.Context, string) (json.RawMessage, error) {
		if len(replies) == 0 {
			return nil, fault.New(fault.Failed, "call", "host", "nobody may call any more")
		}
		reply := replies[0]
		replies = replies[1:]
		if len(replies) == 0 {
			s.clock.forward(time.Second) // the guard closes while the topology is published
		}
		return json.RawMessage(reply), nil
	}
	s.seen()
	s.clock.forward(time.Second)
	s.reconcile(route)
	s.seen()
	s.reconcile(route)
	<-s.latest(route).Done()
	var states []apply.State
	for _, e := range s.latest(route).Entries() {
		states = append(states, e.State)
	}
	if diff := cmp.Diff([]apply.State{apply.Done, apply.Pending, apply.Pending, apply.Pending}, states); diff != "" {
		t.Fatalf("it was night, and steps went on (-want +got):\n%s", diff)
	}
	s.clock.forward(time.Second)
	s.seen()
	again := s.reconcile(route)
	s.expect(route, v1alpha1.ReasonSuspended, "they begin in the morning")
	if want := opens.Sub(s.clock.Now()); again != want {
		t.Errorf("again after %s, want %s: when it opens", again, want)
	}
}
