package controllers

import (
	"time"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// drain puts into the facts how far partners have left the Edge pools that federation left,
// and how far they have forgotten a TTL that was lowered for the move.
// begins is the move that begins with the plan; nil when none does. A move that is undone
// led nobody to its pool: DNS follows only to a pool that answers.
func (s *scope) drain(begins *plan.Move) {
	m := s.move(begins)
	if m == nil {
		s.facts.Observed.Drain, s.facts.Observed.Lowering = plan.Drain{Over: true}, plan.Lowering{Over: true}
		return
	}
	*m, s.facts.Observed.Drain = m.Drains(s.facts.Desired, s.facts.Observed, s.facts.Now)
	*m, s.facts.Observed.Lowering = m.Lowers(s.facts.Desired, s.facts.Observed, s.facts.Now)
}

// dropLeft drops from the move the Edge pools that are done with, and with the last of them
// what was remembered of the records.
func (s *scope) dropLeft(begins *plan.Move) {
	m := s.move(begins)
	if m == nil {
		return
	}
	m.Leaves = s.facts.Plan.Leaves
	if len(m.Leaves) == 0 {
		*m = plan.Move{EdgePool: m.EdgePool, From: m.From, Answered: m.Answered, FailBack: m.FailBack, LoweredFrom: m.LoweredFrom, Lowered: m.Lowered}
	}
}

// move is the move that the route is in or begins; nil while one is undone.
func (s *scope) move(begins *plan.Move) *plan.Move {
	if begins != nil {
		return begins
	}
	return s.facts.Move
}

// setups gives, by machine, the protocols whose ports setup installed there last, as far as that
// is known. What the latest run did counts before the cache shows it.
func (s *scope) setups() map[lync.Host][]lync.Protocol {
	out := make(map[lync.Host][]lync.Protocol, len(s.topology.Status.Setups))
	for name, record := range s.topology.Status.Setups {
		out[lync.HostOf(name)] = lync.ProtocolsOf(record.Ports)
	}
	if s.run != nil {
		recall(out, s.setUpAtLast(), s.run.Entries())
	}
	return out
}

// recall puts into the records what setup did on machines after they were written. Where it
// was to take something away and its end was not seen, nobody knows what is installed.
func recall(records map[lync.Host][]lync.Protocol, written map[lync.Host]time.Time, entries []apply.Entry) {
	for _, e := range entries {
		act, is := e.Step.Act.(plan.SetupEdgeServer)
		if !is {
			continue
		}
		switch machine := lync.HostOf(act.Server.FQDN); {
		case !e.Started.After(written[machine]):
		case e.State == apply.Done:
			records[machine] = act.Installs
		case act.Removes:
			delete(records, machine)
		}
	}
}
