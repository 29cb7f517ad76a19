package peers

import (
	"slices"
	"time"

	"github.com/fedroute/fedroute/lyncsim/sim"
)

// cost is the cost of one job, by the simulator's own counters.
type cost struct {
	requests, connections, powershells, bytes float64
}

// spent is the cost to the organization between two readings of its counters,
// divided by n jobs.
func spent(before, after sim.Counters, n int) cost {
	d, each := after.WinRM.Minus(before.WinRM), 1/float64(n)
	return cost{
		requests:    float64(d.Requests) * each,
		connections: float64(d.Connections) * each,
		powershells: float64(after.PowerShellStarts-before.PowerShellStarts) * each,
		bytes:       float64(d.WireIn+d.WireOut) * each,
	}
}

// times are the wall times of one job, done several times.
type times []time.Duration

// median, least and most are of at least one time.
func (t times) median() time.Duration {
	sorted := slices.Sorted(slices.Values(t))
	return sorted[len(sorted)/2]
}

func (t times) least() time.Duration { return slices.Min(t) }
func (t times) most() time.Duration  { return slices.Max(t) }

// job is one row of a table: which program did the job, how long it took and what it
// cost.
type job struct {
	who    string
	took   times
	cost   cost
	needed time.Duration // remote time on the critical path; 0 where not asked
}
