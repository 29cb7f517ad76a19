package controllers

import (
	"time"

	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// compute makes the plan, without the fields that somebody else changes back again and
// again. Whether there are such fields, the differences show.
func (s *scope) compute() {
	s.facts.Plan = plan.Compute(s.facts.Desired, s.facts.Observed)
	left, until := status.Left(status.Reversals(s.facts))
	if len(left) == 0 {
		return
	}
	whole := s.facts.Plan.Steps
	s.facts.Desired.Left = left
	s.facts.Plan = plan.Compute(s.facts.Desired, s.facts.Observed)
	s.facts.Left = plan.Without(whole, s.facts.Plan.Steps)
	s.again = min(s.again, max(until.Sub(s.facts.Now), time.Millisecond))
}
