package plan

import (
	"slices"

	"github.com/fedroute/fedroute/internal/lync"
)

// noticed reports whether partners notice the step: after it, and until the rest of a move
// is made, some of them reach no pool.
func noticed(s Step) bool {
	if s.Stage == Leaving {
		return false
	}
	switch a := s.Act.(type) {
	case SetSiteRoute:
		return true
	case UpdateDNS:
		return s.Stage != Preparing // a lower TTL leads nobody elsewhere
	case PublishFlags:
		for _, f := range a.Flags {
			if !f.On {
				return true
			}
		}
	case StartEdgeServices, RestoreSimpleURLs, AwaitReplication, SetupEdgeServer, RestartEdgeServices, CheckPorts, AssociateFrontEnd, FailBackFrontEnd, SetNextHop:
	}
	return false
}

// needed reports, by step, whether federation works only after the step: partners notice
// it, or it sees the ports answer. While a step that one of these waits for is open, that
// one is open, too. Links and users of Front End pools may stay behind, and so may the pool
// that federation left: partners have left it when it stops federating, and ports that are
// asked for that alone are not needed either.
func needed(steps []Step) []bool {
	out := make([]bool, len(steps))
	leads := slices.ContainsFunc(steps, func(s Step) bool { return s.Stage != Leaving && s.Kind() != KindCheckPorts })
	for i, s := range steps {
		out[i] = s.Stage != Leaving && (noticed(s) || leads && s.Kind() == KindCheckPorts)
	}
	return out
}

// Halfway reports whether steps that are being carried out have left the state in which
// federation worked before them, and have not reached the one in which it works after
// them. rest: they are the rest of a move that was begun before. began and ended say where a
// step stands.
func Halfway(steps []Step, rest bool, began, ended func(n int) bool) bool {
	moving, open := rest, false
	for n, is := range needed(steps) {
		moving = moving || noticed(steps[n]) && began(n)
		open = open || is && !ended(n)
	}
	return moving && open
}

// LeftHalfway reports whether the plan is the rest of a move that somebody began: a site is
// led to the wanted pool already, or to one that has no flag any more, and federation needs
// a step of the plan.
func (p Plan) LeftHalfway(d Desired, o Observed) bool {
	for _, is := range needed(p.Steps) {
		if is {
			return begun(d, o.Topology)
		}
	}
	return false
}

func begun(d Desired, t lync.Topology) bool {
	for _, p := range d.Protocols {
		for _, name := range p.Sites {
			site, _ := t.Site(name)
			route := site.Route(p.Protocol)
			pool, known := t.EdgePool(route)
			if lync.SameHost(route, d.Pool.FQDN) || known && !pool.Enabled(p.Protocol) {
				return true
			}
		}
	}
	return false
}
