package plan

import (
	"maps"
	"slices"
	"time"
)

// Kind names what a step does. Status, history and approvals hold the name.
type Kind string

// The kinds, in the order of Microsoft's failover and failback procedures.
const (
	KindStartEdgeServices   Kind = "StartEdgeServices"
	KindPublishFlags        Kind = "PublishFlags"
	KindSetSiteRoute        Kind = "SetSiteRoute"
	KindAwaitReplication    Kind = "AwaitReplication"
	KindSetupEdgeServer     Kind = "SetupEdgeServer"
	KindRestartEdgeServices Kind = "RestartEdgeServices"
	KindCheckPorts          Kind = "CheckPorts"
	KindUpdateDNS           Kind = "UpdateDNS"
	KindAssociateFrontEnd   Kind = "AssociateFrontEnd"
	KindFailBackFrontEnd    Kind = "FailBackFrontEnd"
)

// Rules say how steps of one kind are carried out.
type Rules struct {
	// After names the kinds whose steps must have ended before a step of this kind
	// begins. The running order of all kinds follows from it.
	After []Dependency
	// Looks: the step changes nothing. It needs no approval and leaves no history. A new
	// run takes it again before the steps that come after it.
	Looks bool
	// Machine: the step works on the Edge machine that its target names.
	Machine bool
	// AtOnce is how many steps of the kind may run at the same time. It is 1 for kinds
	// whose steps all go through the management server.
	AtOnce int
	// Wait is how long a step waits at most until its effect can be seen. Zero: the step
	// does not wait, and only the time limit of its remote command bounds it.
	Wait time.Duration
}

// Dependency is a kind that comes before another, and the reason.
type Dependency struct {
	Kind Kind
	Why  string
}

const (
	oneByOne   = 1
	sideBySide = 16
)

// rules is the table of all kinds. All code that treats kinds differently reads it.
var rules = map[Kind]Rules{
	KindStartEdgeServices: {Machine: true, AtOnce: sideBySide, Wait: 5 * time.Minute},
	KindPublishFlags: {AtOnce: oneByOne, After: []Dependency{
		{KindStartEdgeServices, "the agent that brings a publish to a machine is one of its services"},
	}},
	KindSetSiteRoute: {AtOnce: oneByOne, After: []Dependency{
		{KindPublishFlags, "a site is led to a pool that carries the flag"},
	}},
	KindAwaitReplication: {Looks: true, AtOnce: oneByOne, Wait: 15 * time.Minute, After: []Dependency{
		{KindStartEdgeServices, "the agent that replicates is one of the services"},
		{KindPublishFlags, "the replicas must carry the flags"},
		{KindSetSiteRoute, "the replicas must carry the routes"},
	}},
	KindSetupEdgeServer: {Machine: true, AtOnce: sideBySide, Wait: time.Minute, After: []Dependency{
		{KindAwaitReplication, "setup installs what the machine's own replica says"},
	}},
	KindRestartEdgeServices: {Machine: true, AtOnce: sideBySide, Wait: 5 * time.Minute, After: []Dependency{
		{KindAwaitReplication, "the XMPP proxy takes its route up from the machine's own replica"},
		{KindSetupEdgeServer, "setup installs the XMPP proxy"},
	}},
	KindCheckPorts: {Looks: true, AtOnce: sideBySide, Wait: time.Minute, After: []Dependency{
		{KindStartEdgeServices, "stopped services answer nobody"},
		{KindSetupEdgeServer, "setup makes the ports listen"},
		{KindRestartEdgeServices, "the XMPP port listens once the proxy has its route"},
	}},
	KindUpdateDNS: {AtOnce: sideBySide, Wait: 2 * time.Minute, After: []Dependency{
		{KindCheckPorts, "partners are led only to ports that were seen answering"},
	}},
	KindAssociateFrontEnd: {AtOnce: oneByOne, After: []Dependency{
		{KindUpdateDNS, "users change over when partners find the pool"},
	}},
	KindFailBackFrontEnd: {AtOnce: oneByOne, After: []Dependency{
		{KindAssociateFrontEnd, "users come home to a pool whose Edge links are right"},
	}},
}

// Rules gives the kind's row of the table. An unknown kind has zero Rules: the history of
// a route may hold kinds of another version of fedroute.
func (k Kind) Rules() Rules { return rules[k] }

// Looks reports whether steps of the kind only look and change nothing.
func (k Kind) Looks() bool { return rules[k].Looks }

// Kinds lists every kind in running order: each stands behind the kinds of its After.
// Kinds that this leaves in any order are sorted by name.
func Kinds() []Kind { return slices.Clone(order) }

var order = inOrder(rules)

// inOrder sorts kinds so that each stands behind the kinds of its After. Kinds that come
// after each other in a circle are left out.
func inOrder(rules map[Kind]Rules) []Kind {
	left := slices.Sorted(maps.Keys(rules))
	var out []Kind
	for len(left) > 0 {
		next := slices.IndexFunc(left, func(k Kind) bool {
			return !slices.ContainsFunc(rules[k].After, func(d Dependency) bool { return slices.Contains(left, d.Kind) })
		})
		if next < 0 {
			return out
		}
		out = append(out, left[next])
		left = slices.Delete(left, next, next+1)
	}
	return out
}

// byKind compares steps by the running order of their kinds. An unknown kind comes last.
func byKind(a, b Step) int { return place(a.Kind()) - place(b.Kind()) }

func place(k Kind) int {
	if i := slices.Index(order, k); i >= 0 {
		return i
	}
	return len(order)
}
