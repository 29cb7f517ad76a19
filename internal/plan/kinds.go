package plan

import (
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
	// Looks: the step changes nothing. It needs no approval and leaves no history. A new
	// run takes it again before the steps that come after it.
	Looks bool
	// Owed: the step puts right what a step of fedroute may have broken and did not live to
	// mend. It needs no approval of its own, and is not part of the plan's id.
	Owed bool
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

// Which says which steps of an earlier kind a step waits for.
type Which string

// The steps of an earlier kind.
const (
	All       Which = "all"
	OnTheSame Which = "on the same" // the steps that have a Resource in common with the later one
)

// row is one kind with its rules.
type row struct {
	kind  Kind
	rules Rules
}

// table has every kind, in the order in which a plan lists its steps and makes its id of
// them. A kind stands behind the kinds of its After. All code that treats kinds
// differently reads the table.
var table = []row{
	{KindStartEdgeServices, Rules{Machine: true, Commands: lync.ServicesLimit, Wait: 5 * time.Minute}},
	{KindRestoreSimpleURLs, Rules{Owed: true, Commands: lync.SettingLimit}},
	{KindPublishFlags, Rules{Commands: lync.PublishLimit, After: []Dependency{
		{KindRestoreSimpleURLs, All, "what a publish keeps of the simple URLs is what is there"},
	}}},
	{KindSetSiteRoute, Rules{Commands: lync.SettingLimit, After: []Dependency{
		{KindPublishFlags, All, "a site is led to a pool that carries the flag"},
	}}},
	{KindAwaitReplication, Rules{Looks: true, Wait: 15 * time.Minute, After: []Dependency{
		{KindStartEdgeServices, OnTheSame, "the agent that replicates is one of the machine's services"},
		{KindPublishFlags, All, "the replica must carry the flags"},
		{KindSetSiteRoute, All, "the replica must carry the routes"},
	}}},
	{KindSetupEdgeServer, Rules{Machine: true, Commands: lync.SetupLimit + lync.ServicesLimit, Wait: time.Minute, After: []Dependency{
		{KindAwaitReplication, OnTheSame, "setup installs what the machine's own replica says"},
	}}},
	{KindRestartEdgeServices, Rules{Machine: true, Commands: 2 * lync.ServicesLimit, Wait: 5 * time.Minute, After: []Dependency{
		{KindAwaitReplication, OnTheSame, "the XMPP proxy takes its route up from the machine's own replica"},
		{KindSetupEdgeServer, OnTheSame, "setup installs the XMPP proxy"},
	}}},
	{KindCheckPorts, Rules{Looks: true, Wait: time.Minute, After: []Dependency{
		{KindStartEdgeServices, OnTheSame, "stopped services answer nobody"},
		{KindAwaitReplication, OnTheSame, "a machine counts once it knows the flags and routes of this plan"},
		{KindSetupEdgeServer, OnTheSame, "setup makes the ports listen"},
		{KindRestartEdgeServices, OnTheSame, "the XMPP port listens once the proxy has its route"},
	}}},
	{KindUpdateDNS, Rules{Wait: 2 * time.Minute, After: []Dependency{
		{KindCheckPorts, OnTheSame, "partners are led only to ports that were seen answering"},
	}}},
	{KindAssociateFrontEnd, Rules{Commands: lync.SettingLimit, After: []Dependency{
		{KindCheckPorts, All, "users are led to a pool whose ports were seen answering"},
	}}},
	{KindFailBackFrontEnd, Rules{Commands: lync.FailBackLimit, After: []Dependency{
		{KindCheckPorts, All, "users come home when federation has moved"},
		{KindAssociateFrontEnd, OnTheSame, "users come home to a pool whose Edge links are right"},
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

// byKind compares steps by the places of their kinds. An unknown kind comes last.
func byKind(a, b Step) int { return place(a.Kind()) - place(b.Kind()) }

func place(k Kind) int {
	if i := slices.IndexFunc(table, func(r row) bool { return r.kind == k }); i >= 0 {
		return i
	}
	return len(table)
}
