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
	// Pauses hold whole stages of the plan.
	Pauses []Pause
	// Leaves are the Edge pools that federation leaves or left and that are not done with.
	Leaves []string
	// Notices say what a person should know before the plan is carried out, and what
	// nothing in it changes. They hold nothing.
	Notices []string
	// LeftFailedOver are Front End pools that somebody failed over on purpose.
	LeftFailedOver []string
	// RecordsFirst: no site is led to the Edge pool while a zone refuses its update.
	RecordsFirst bool
	// LeavesBehind: what the zones do not take is left, also where none takes it.
	LeavesBehind bool
	// Wish is the digest of the Intent that the plan was made for.
	Wish string
}

// Owed gives the part of the plan that needs no approval: its owed steps. The obstacles
// stay, because they may hold these steps too.
func (p Plan) Owed() Plan {
	p.Steps = slices.DeleteFunc(slices.Clone(p.Steps), func(s Step) bool { return !s.Owed() })
	p.ID = ID(p.Steps)
	return p
}

// Compute compares and orders what Resolve has accepted. Any part of the observation may be
// unknown. The same arguments always give the same plan.
func Compute(d Desired, o Observed) Plan {
	c := comparison{d, o}
	routing, change := c.routing()
	hops := c.nextHop(len(change.moved) > 0)
	change.hops = len(hops.Steps) > 0
	moves := join(routing, hops, c.services(), c.activation(change), c.records())
	leaving := join(c.leaving(change), c.returned(change))
	p := join(c.unlisted(), c.simpleURLs(), moves, c.prove(change), c.ports(len(moves.Steps)+len(leaving.Steps) > 0), leaving, c.standby(change), c.frontEnds())
	unread := c.unknownParts(p.Steps)
	if !p.Idle() {
		unread = join(c.unknownServers(p.Steps), unread)
	}
	p = join(p, unread, c.partners(p.Steps))
	p.Steps = c.inTurn(p.Steps)
	p = c.stays(p)
	p.LeavesBehind = c.d.LeavesBehind
	slices.SortStableFunc(p.Steps, inOrder)
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
	flags []lync.Flag            // of the first publish
	later []lync.Flag            // that are cleared when partners have left
	moved map[lync.Protocol]bool // a route of the protocol changes
	hops  bool                   // a next hop changes
}

// join makes one plan of its parts.
func join(parts ...Plan) Plan {
	var out Plan
	for _, p := range parts {
		out.Steps = append(out.Steps, p.Steps...)
		out.Differences = append(out.Differences, p.Differences...)
		out.Obstacles = append(out.Obstacles, p.Obstacles...)
		out.Waits = append(out.Waits, p.Waits...)
		out.Pauses = append(out.Pauses, p.Pauses...)
		out.Leaves = append(out.Leaves, p.Leaves...)
		out.Notices = append(out.Notices, p.Notices...)
		out.LeftFailedOver = append(out.LeftFailedOver, p.LeftFailedOver...)
	}
	return out
}

func (p *Plan) step(s Step) { p.Steps = append(p.Steps, s) }

func (p *Plan) differ(aspect Aspect, field, wanted, found string) {
	p.Differences = append(p.Differences, Difference{Aspect: aspect, Field: field, Wanted: wanted, Found: found})
}

// toSet adds the difference of a field that steps set.
func (p *Plan) toSet(aspect Aspect, s Setting, found string) {
	p.Differences = append(p.Differences, Difference{Aspect: aspect, Field: s.Field, Wanted: s.Value, Found: found, Settable: true})
}

// kept marks the latest difference where nobody changed its value: it is the one that was
// wanted before.
func (p *Plan) kept(is bool) { p.Differences[len(p.Differences)-1].Kept = is }

// obstruct adds an obstacle of a part. It may hold further resources.
func (p *Plan) obstruct(aspect Aspect, err error, part Resource, also ...Resource) {
	p.Obstacles = append(p.Obstacles, Obstacle{Aspect: aspect, Holds: append([]Resource{part}, also...), Err: err})
}

// wait adds what is not planned yet. Nothing else waits for it.
func (p *Plan) wait(aspect Aspect, part Resource, err error) {
	p.Waits = append(p.Waits, Obstacle{Aspect: aspect, Holds: []Resource{part}, Err: err})
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
		if moving && c.keptFrom(t.Protocol) == "" {
			p.step(Step{Target: fmt.Sprintf("%s port %d", t.Address, t.Protocol.Port()), To: "answers", Act: CheckPorts{Port: t, Servers: c.d.behind(t)}})
		}
	}
	return p
}
