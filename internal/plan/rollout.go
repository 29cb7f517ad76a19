package plan

import (
	"slices"

	"github.com/fedroute/fedroute/internal/lync"
)

// Rollout says how many machines of an Edge pool are taken from their users at the same
// time. Setup and a restart stop all services of a machine, those of remote users, too.
type Rollout string

// The rollouts.
const (
	// Rolling sets up and restarts machines that run one by one while federation is served
	// elsewhere, and all but one at once while nobody serves it.
	Rolling Rollout = ""
	// Parallel sets up and restarts all machines at once.
	Parallel Rollout = "Parallel"
)

// inTurn lets each step that stops a machine's services name the machine that has to serve
// again before. A machine that does not run serves nobody, so no turn is kept for it.
func (c comparison) inTurn(steps []Step) []Step {
	if c.d.Rollout == Parallel {
		return steps
	}
	follows := make(map[Stage]map[Resource]string)
	for _, stage := range []Stage{Preparing, Moving, Leaving} {
		follows[stage] = c.turns(stage, steps)
	}
	out := slices.Clone(steps)
	for i, s := range steps {
		if a, is := s.Act.(SetupEdgeServer); is {
			a.Follows = follows[s.Stage][machine(a.Server)]
			out[i].Act = a
		}
		if a, is := s.Act.(RestartEdgeServices); is {
			a.Follows = follows[s.Stage][machine(a.Server)]
			out[i].Act = a
		}
	}
	return out
}

// turns gives, by machine, the machine that has to serve before the services of this one
// are stopped in the stage.
func (c comparison) turns(stage Stage, steps []Step) map[Resource]string {
	out := map[Resource]string{}
	for _, pool := range c.o.Topology.EdgePools {
		stopped := slices.DeleteFunc(slices.Clone(pool.Servers), func(s lync.EdgeServer) bool {
			return !slices.ContainsFunc(steps, func(step Step) bool { return step.Stage == stage && step.stops() == machine(s) })
		})
		running := slices.DeleteFunc(slices.Clone(stopped), func(s lync.EdgeServer) bool { return !c.runs(s) })
		switch {
		case len(running) == 0:
		case stage != Moving || !lync.SameHost(pool.FQDN, c.d.Pool.FQDN) || c.servesBeside(stopped, steps):
			for n, s := range running[1:] {
				out[machine(s)] = running[n].FQDN
			}
		case !slices.ContainsFunc(pool.Servers, func(s lync.EdgeServer) bool { return c.runs(s) && !named(stopped, s) }):
			last := running[len(running)-1]
			if first := stopped[0]; first.FQDN != last.FQDN {
				out[machine(last)] = first.FQDN
			} else if len(stopped) > 1 {
				out[machine(last)] = stopped[1].FQDN
			}
		}
	}
	return out
}

// stops is the machine whose services the step stops; zero for none.
func (s Step) stops() Resource {
	if a, is := s.Act.(SetupEdgeServer); is {
		return machine(a.Server)
	}
	if a, is := s.Act.(RestartEdgeServices); is {
		return machine(a.Server)
	}
	return Resource{}
}

// follows is the machine that has to serve again before the step stops the services of its
// own; false for none.
func (s Step) follows() (Resource, bool) {
	name := ""
	if a, is := s.Act.(SetupEdgeServer); is {
		name = a.Follows
	}
	if a, is := s.Act.(RestartEdgeServices); is {
		name = a.Follows
	}
	return machine(lync.EdgeServer{FQDN: name}), name != ""
}

// servesBeside reports whether federation is led to the Edge pool already, and a machine
// beside those whose services stop serves it there.
func (c comparison) servesBeside(stopped []lync.EdgeServer, steps []Step) bool {
	if slices.ContainsFunc(steps, func(s Step) bool { return s.Kind() == KindSetSiteRoute }) {
		return false
	}
	return slices.ContainsFunc(c.d.Pool.Servers, func(s lync.EdgeServer) bool {
		return c.runs(s) && !named(stopped, s) && !slices.ContainsFunc(c.d.Protocols, func(p DesiredProtocol) bool {
			return c.keptFrom(p.Protocol) == "" && !c.o.server(s).Value.Listens(p.Protocol.Port(), s.InterfaceAddresses)
		})
	})
}

// runs reports whether the machine is known to run, so that it serves users.
func (c comparison) runs(s lync.EdgeServer) bool {
	state := c.o.server(s)
	return state.Known() && state.Value.Running()
}

func named(all []lync.EdgeServer, s lync.EdgeServer) bool {
	return slices.ContainsFunc(all, func(o lync.EdgeServer) bool { return lync.SameHost(o.FQDN, s.FQDN) })
}
