package plan

import (
	"cmp"
	"slices"
	"time"

	"github.com/fedroute/fedroute/internal/lync"
)

// Kind names what a step does. Status, history and approvals hold the name.
type Kind string

// The kinds, in the order of Microsoft's failover and failback procedures.
const (
	KindStartEdgeServices   Kind = "StartEdgeServices"
	KindRestoreSimpleURLs   Kind = "RestoreSimpleURLs"
	KindPublishFlags        Kind = "PublishFlags"
	KindSetNextHop          Kind = "SetNextHop"
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
	// After names the steps that must be done before a step of this kind begins. A step
	// that fails holds those that come after it, and no others.
	After []Dependency
	// Needs names the parts of the topology that steps of this kind rest on. While one of them
	// is unknown, no step of the kind begins. The whole plan needs what the variable whole
	// names.
	Needs []Need
	// Looks: the step changes nothing. It needs no approval and leaves no history. A new
	// run takes it again before the steps that come after it.
	Looks bool
	// Machine: the step works on the Edge machine that its target names.
	Machine bool
	// Commands is how long the remote commands of a step may run in all; zero where it runs
	// none that changes something.
	Commands time.Duration
	// Wait is how long a step waits at most until its effect can be seen. Zero: the step
	// does not wait, and only Commands bounds it.
	Wait time.Duration
}

// Dependency is a kind that comes before another: which of its steps, and the reason.
type Dependency struct {
	Kind  Kind
	Which Which
	Why   string
}

// Need is a part of the topology, and the reason why it is needed.
type Need struct {
	Part lync.TopologyPart
	// ToKnow: without the part nobody knows whether there is a step of the kind. Otherwise the
	// step is known, and only not begun.
	ToKnow bool
	Why    string
}

// whole is what a plan needs as a whole. Without it there is none. No part names the master
// of the Central Management Store: the document is read from the store that Active Directory
// names, and is unknown where that cannot be asked.
var whole = []Need{
	{lync.PartDocument, true, "it names the machines, addresses and flags, and every change is bound to its signature"},
}

// ofXMPP is what a plan with XMPP needs besides. Without it there is no plan for SIP either:
// the protocols may share a host name, which must not move for one of them alone.
var ofXMPP = []Need{
	{lync.PartVersion, true, "not every version has XMPP federation"},
}

// Which says which steps of an earlier kind a step waits for.
type Which string

// The steps of an earlier kind.
const (
	All       Which = "all"
	OnTheSame Which = "on the same" // the steps that have a Resource in common with the later one
	// Prepared and Moved are all steps of an earlier Stage, for a step of a later one. Their
	// kind may stand behind the later one's.
	Prepared Which = "all of the preparation"
	Moved    Which = "all of the move"
	// InTurn are the steps of the same stage on the machine that the later step follows.
	// They may stand behind the later one.
	InTurn Which = "on the machine before"
)

// row is one kind with its rules.
type row struct {
	kind  Kind
	rules Rules
}

// table has every kind, in the order in which a plan lists the steps of a stage and makes
// its id of them. A kind stands behind the kinds of its After, unless they are of an earlier
// stage or of a machine before. All code that treats kinds differently reads the table.
var table = []row{
	{KindStartEdgeServices, Rules{Machine: true, Commands: lync.ServicesLimit, Wait: 5 * time.Minute}},
	{KindRestoreSimpleURLs, Rules{Commands: lync.SettingLimit}},
	{KindPublishFlags, Rules{Commands: lync.PublishLimit, After: []Dependency{
		{KindRestoreSimpleURLs, All, "what a publish keeps of the simple URLs is what is there"},
		{KindCheckPorts, Moved, "the old pool federates until the new one answers"},
		{KindUpdateDNS, Moved, "the old pool federates until partners are led to the new one"},
	}, Needs: []Need{
		{lync.PartAccessEdge, true, "no flag helps while the organization does not allow federated users"},
		{lync.PartSites, true, "which pools lose the flag follows from the pools that the sites lead to"},
		{lync.PartReplicas, false, "a publish that no machine is seen to take up ends half-way"},
	}}},
	{KindSetNextHop, Rules{Commands: lync.SettingLimit, After: []Dependency{
		{KindPublishFlags, All, "a publish is bound to the document's signature, which a next hop changes"},
	}, Needs: []Need{
		{lync.PartServices, true, "it has the Front End pools and their backup pools"},
		{lync.PartPoolStates, true, "which pool is failed over decides"},
		{lync.PartReplicas, false, "a next hop that no machine is seen to take up helps nobody"},
	}}},
	{KindSetSiteRoute, Rules{Commands: lync.SettingLimit, After: []Dependency{
		{KindPublishFlags, All, "a site is led to a pool that carries the flag"},
		{KindStartEdgeServices, Prepared, "and whose services run"},
		{KindAwaitReplication, Prepared, "and that knows of the flag"},
		{KindSetupEdgeServer, Prepared, "and that is set up for it"},
	}, Needs: []Need{
		{lync.PartAccessEdge, true, "no route helps while the organization does not allow federated users"},
		{lync.PartSites, true, "it has the routes"},
		{lync.PartReplicas, false, "a route that no machine is seen to take up ends a move half-way"},
	}}},
	{KindAwaitReplication, Rules{Looks: true, Wait: 15 * time.Minute, After: []Dependency{
		{KindStartEdgeServices, OnTheSame, "the agent that replicates is one of the machine's services"},
		{KindPublishFlags, All, "the replica must carry the flags"},
		{KindSetNextHop, All, "the replica must carry the next hop"},
		{KindSetSiteRoute, All, "the replica must carry the routes"},
	}, Needs: []Need{
		{lync.PartReplicas, false, "the wait looks at it"},
		{lync.PartSites, false, "the wait ends when somebody leads a site elsewhere"},
	}}},
	{KindSetupEdgeServer, Rules{Machine: true, Commands: lync.SetupLimit + lync.ServicesLimit, Wait: time.Minute, After: []Dependency{
		{KindAwaitReplication, OnTheSame, "setup installs what the machine's own replica says"},
		{KindSetupEdgeServer, InTurn, "users of the pool keep a machine that serves them"},
		{KindRestartEdgeServices, InTurn, "and a machine that restarts serves nobody"},
	}}},
	{KindRestartEdgeServices, Rules{Machine: true, Commands: 2 * lync.ServicesLimit, Wait: 5 * time.Minute, After: []Dependency{
		{KindAwaitReplication, OnTheSame, "the XMPP proxy takes its route up from the machine's own replica"},
		{KindSetupEdgeServer, OnTheSame, "setup installs the XMPP proxy"},
		{KindSetupEdgeServer, InTurn, "users of the pool keep a machine that serves them"},
		{KindRestartEdgeServices, InTurn, "and a machine that restarts serves nobody"},
	}}},
	{KindCheckPorts, Rules{Looks: true, Wait: time.Minute, After: []Dependency{
		{KindStartEdgeServices, OnTheSame, "stopped services answer nobody"},
		{KindAwaitReplication, OnTheSame, "a machine counts once it knows the flags and routes of this plan"},
		{KindSetupEdgeServer, OnTheSame, "setup makes the ports listen"},
		{KindRestartEdgeServices, OnTheSame, "the XMPP port listens once the proxy has its route"},
	}, Needs: []Need{
		{lync.PartSites, false, "the ports of a pool that federation is not led to yet may be silent, and a move is undone for silent ports"},
	}}},
	{KindUpdateDNS, Rules{Wait: 2 * time.Minute, After: []Dependency{
		{KindCheckPorts, OnTheSame, "partners are led only to ports that were seen answering"},
	}, Needs: []Need{
		{lync.PartSites, false, "partners are led only to the pool that the sites lead to"},
	}}},
	{KindAssociateFrontEnd, Rules{Commands: lync.SettingLimit, After: []Dependency{
		{KindCheckPorts, All, "users are led to a pool whose ports were seen answering"},
	}, Needs: []Need{
		{lync.PartServices, true, "it has the links"},
		{lync.PartSites, false, "users are led only to the pool that the sites lead to"},
	}}},
	{KindFailBackFrontEnd, Rules{Commands: lync.FailBackLimit, Wait: 15 * time.Minute, After: []Dependency{
		{KindCheckPorts, All, "users come home when federation has moved"},
		{KindAssociateFrontEnd, OnTheSame, "users come home to a pool whose Edge links are right"},
	}, Needs: []Need{
		{lync.PartServices, true, "it has the pools"},
		{lync.PartPoolStates, true, "only a pool that is failed over is failed back"},
		{lync.PartReplicas, true, "users come home to machines that know of the last changes"},
		{lync.PartSites, false, "users come home when federation has moved"},
	}}},
}

// Rules gives the kind's row of the table. An unknown kind has zero Rules: the history of
// a route may hold kinds of another version of fedroute.
func (k Kind) Rules() Rules {
	if i := place(k); i < len(table) {
		return table[i].rules
	}
	return Rules{}
}

// Looks reports whether steps of the kind only look and change nothing.
func (k Kind) Looks() bool { return k.Rules().Looks }

// Kinds lists every kind in the order in which a plan lists its steps.
func Kinds() []Kind {
	out := make([]Kind, len(table))
	for i, r := range table {
		out[i] = r.kind
	}
	return out
}

// inOrder compares steps by their stages, then by the places of their kinds. An unknown
// kind comes last.
func inOrder(a, b Step) int {
	return cmp.Or(cmp.Compare(a.Stage, b.Stage), cmp.Compare(place(a.Kind()), place(b.Kind())))
}

func place(k Kind) int {
	if i := slices.IndexFunc(table, func(r row) bool { return r.kind == k }); i >= 0 {
		return i
	}
	return len(table)
}
