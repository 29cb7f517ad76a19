package plan

import (
	"fmt"
	"slices"

	"github.com/fedroute/fedroute/internal/lync"
)

// Plan is what has to be done, and what stands in the way of doing it.
type Plan struct {
	ID          string
	Steps       []Step
	Differences []Difference
	// Obstacles hold parts of the plan: something they need is unknown, blocked, or must
	// be done by a person. The rest goes on.
	Obstacles []Obstacle
	// Waits name what is not even planned yet. The rest goes on.
	Waits []Obstacle
	// LeftFailedOver are Front End pools that somebody failed over on purpose.
	LeftFailedOver []string
}

// Compute compares and orders. It needs a known topology; every other part may
// be unknown. The same arguments always give the same plan.
func Compute(d Desired, o Observed) Plan {
	c := comparison{d, o}
	routing, change := c.routing()
	moves := join(routing, c.services(), c.activation(change), c.records())
	p := join(c.unlisted(), c.simpleURLs(), moves, c.ports(len(moves.Steps) > 0), c.frontEnds())
	p = join(p, c.unknownServers(p.Steps))
	slices.SortStableFunc(p.Steps, byKind)
	p.ID = ID(p.Steps)
	return p
}

// comparison is what every part of a plan is made from. A part changes nothing in it. What
// a part finds out and another part needs, it returns, and Compute passes it on.
type comparison struct {
	d Desired
	o Observed
}

// change is what the routing changes. Setup or a restart then brings it to the machines.
type change struct {
	flags []lync.Flag
	moved map[lync.Protocol]bool // a route of the protocol changes
}

// join makes one plan of its parts.
func join(parts ...Plan) Plan {
	var out Plan
	for _, p := range parts {
		out.Steps = append(out.Steps, p.Steps...)
		out.Differences = append(out.Differences, p.Differences...)
		out.Obstacles = append(out.Obstacles, p.Obstacles...)
		out.Waits = append(out.Waits, p.Waits...)
		out.LeftFailedOver = append(out.LeftFailedOver, p.LeftFailedOver...)
	}
	return out
}

func (p *Plan) step(s Step) { p.Steps = append(p.Steps, s) }

func (p *Plan) differ(aspect Aspect, field, wanted, found string) {
	p.Differences = append(p.Differences, Difference{Aspect: aspect, Field: field, Wanted: wanted, Found: found})
}

// obstruct adds an obstacle of a part. It may hold further resources.
func (p *Plan) obstruct(aspect Aspect, err error, part Resource, also ...Resource) {
	p.Obstacles = append(p.Obstacles, Obstacle{Aspect: aspect, Holds: append([]Resource{part}, also...), Err: err})
}

// ports compares what every port answered. Where federation moves, it also adds steps that
// check the ports again before DNS changes.
func (c comparison) ports(moving bool) Plan {
	var p Plan
	for _, t := range c.d.Targets {
		reading, ok := c.o.Ports[t]
		if !ok || !reading.Answers() {
			detail := "not asked yet"
			if ok {
				detail = reading.Detail
			}
			p.differ(AspectPorts, fmt.Sprintf("port %d of %s", t.Protocol.Port(), t.Address), "answers", detail)
		}
		if moving {
			p.step(Step{Target: fmt.Sprintf("%s port %d", t.Address, t.Protocol.Port()), To: "answers", Act: CheckPorts{Port: t, Servers: c.d.behind(t)}})
		}
	}
	return p
}
