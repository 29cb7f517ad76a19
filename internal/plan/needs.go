package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// needs reports whether steps of the kind need the part of the topology.
func (k Kind) needs(part lync.TopologyPart) bool {
	return slices.ContainsFunc(k.Rules().Needs, func(n Need) bool { return n.Part == part })
}

// Unread gives the error of the first part that steps of the kind need, or the whole plan
// needs, and that is unknown in the topology; nil for none.
func (k Kind) Unread(t lync.Topology) error {
	return t.Unread(parts(slices.Concat(whole, k.Rules().Needs))...)
}

// Whole lists the parts without which there is no plan, or none with XMPP.
func Whole() []lync.TopologyPart { return parts(slices.Concat(whole, ofXMPP)) }

func parts(needs []Need) []lync.TopologyPart {
	var out []lync.TopologyPart
	for _, n := range needs {
		out = append(out, n.Part)
	}
	return out
}

// unknownParts makes an obstacle of each part of the topology that is unknown and that the
// route needs, for each aspect that needs it. A part that only the carrying out needs matters
// where there is something to carry out.
func (c comparison) unknownParts(steps []Step) Plan {
	var p Plan
	for _, u := range c.o.Topology.Unknown {
		var held []string
		var aspects []Aspect
		for _, r := range table {
			i := slices.IndexFunc(r.rules.Needs, func(n Need) bool { return n.Part == u.Part })
			if i < 0 || !r.rules.Needs[i].ToKnow && !slices.ContainsFunc(steps, func(s Step) bool { return s.Kind() == r.kind }) {
				continue
			}
			if of := c.aspectsOf(r.kind); len(of) > 0 {
				held, aspects = append(held, string(r.kind)), append(aspects, of...)
			}
		}
		for i, aspect := range aspects {
			if !slices.Contains(aspects[:i], aspect) {
				p.Obstacles = append(p.Obstacles, Obstacle{Aspect: aspect, Lacks: u.Part, Err: unknownPart(u, held)})
			}
		}
	}
	return p
}

// aspectsOf lists the aspects of the route that steps of the kind would bring about. A
// failback has none: what it lacks is told with its pool. Nor has a next hop: no move waits for it.
func (c comparison) aspectsOf(k Kind) []Aspect {
	var out []Aspect
	switch k {
	case KindRestoreSimpleURLs, KindPublishFlags, KindSetSiteRoute, KindAwaitReplication:
		for _, protocol := range c.d.Protocols {
			out = append(out, aspectOf(protocol.Protocol))
		}
	case KindUpdateDNS: // asked only where a zone is to be changed
		out = append(out, AspectDNS)
	case KindAssociateFrontEnd:
		if len(c.d.FrontEnds) > 0 {
			out = append(out, AspectFrontEnds)
		}
	case KindStartEdgeServices, KindSetupEdgeServer, KindRestartEdgeServices, KindCheckPorts, KindFailBackFrontEnd, KindSetNextHop:
	}
	return out
}

// unknownPart says which part could not be read, and which steps wait for it.
func unknownPart(u lync.UnknownPart, held []string) error {
	return without(u.Err, fmt.Sprintf("it is unknown%s, so %s, and the rest goes on", shown(u), waiting(held)))
}

// stopped says which part could not be read without which there is no plan.
func stopped(needs []Need, t lync.Topology) error {
	for _, u := range t.Unknown {
		if i := slices.IndexFunc(needs, func(n Need) bool { return n.Part == u.Part }); i >= 0 {
			return without(u.Err, fmt.Sprintf("it is unknown%s, and there is no plan without: %s; nothing is changed", shown(u), needs[i].Why))
		}
	}
	return nil
}

// without is the fault of a part that could not be read, with its effect on a plan.
func without(err error, effect string) error {
	f := fault.Of(err, "read", "the topology")
	return f.With(effect, f.Next)
}

func shown(u lync.UnknownPart) string {
	if u.Local {
		return " (what the server's own replica says may be old, and is shown and not planned upon)"
	}
	return ""
}

func waiting(kinds []string) string {
	if len(kinds) == 1 {
		return kinds[0] + " waits"
	}
	return strings.Join(kinds, ", ") + " wait"
}
