package plan

import (
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
)

// Act is what a step does, with all that is needed to do it. Each kind of step has its own
// type, and only this package defines such types.
//
//sumtype:decl
type Act interface {
	kind() Kind
	// on lists the resources that the act works on or looks at.
	on() []Resource
}

// StartEdgeServices starts the stopped services of a machine. Owed: a step of fedroute
// stopped them and was not seen to start them again.
type StartEdgeServices struct {
	Server lync.EdgeServer
	Owed   bool
}

// RestoreSimpleURLs puts back the simple URLs that a lost publish may have emptied. Kept is
// the text that the publish left of them.
type RestoreSimpleURLs struct{ Kept string }

// PublishFlags changes the flags in one publish. Without Flags it only enables the
// topology that fedroute has published before.
type PublishFlags struct {
	Flags []lync.Flag
	// Expects is the digest that the document must have with the changed flags; "" for any.
	Expects string
}

// SetSiteRoute sets a site's federation route of a protocol to an Edge pool.
type SetSiteRoute struct {
	Site     string
	Protocol lync.Protocol
	EdgePool string
}

// SetNextHop leads the traffic of an Edge pool to another Front End pool. Back: it was there
// before fedroute changed it.
type SetNextHop struct {
	Hop
	Back bool
}

// AwaitReplication waits until the replica of a machine of the Edge pool carries the run's
// changes.
type AwaitReplication struct {
	Server lync.EdgeServer
	Pool   string
}

// SetupEdgeServer runs setup on a machine. Ports are the external ports that the machine
// must be able to serve afterwards. Removes: setup takes ports away, too, which no look at
// the machine can show to be done. Anew: setup runs whatever the machine shows. Installs are
// the protocols that the pool's flags ask for by then.
type SetupEdgeServer struct {
	Server   lync.EdgeServer
	Ports    []uint16
	Removes  bool
	Anew     bool
	Installs []lync.Protocol
	// Follows is the machine that must serve users again before this one stops; "" for none.
	Follows string
}

// RestartEdgeServices stops and starts a machine's services. Ports are the external ports
// on which the machine must listen afterwards.
type RestartEdgeServices struct {
	Server lync.EdgeServer
	Ports  []uint16
	// Follows is as that of SetupEdgeServer.
	Follows string
}

// CheckPorts waits until a port answers. Servers are the machines behind the address.
type CheckPorts struct {
	Port    probe.Target
	Servers []lync.EdgeServer
}

// UpdateDNS makes all changes of one zone. Ports are the ports to which the new records
// lead partners. The run must have seen each of them answering. Joins is the machine of the
// Edge pool whose addresses the step adds to those of the pool that are published by then;
// zero: all addresses are set at once.
type UpdateDNS struct {
	Zone    string
	Changes []dns.Change
	Ports   []probe.Target
	Joins   lync.EdgeServer
}

// AssociateFrontEnd sets a Front End pool's three links to an Edge pool.
type AssociateFrontEnd struct{ Pool, EdgePool string }

// FailBackFrontEnd fails a Front End pool back. All machines of the pool must be up.
type FailBackFrontEnd struct {
	Pool     string
	Machines []FrontEndMachine
}

func (StartEdgeServices) kind() Kind   { return KindStartEdgeServices }
func (RestoreSimpleURLs) kind() Kind   { return KindRestoreSimpleURLs }
func (PublishFlags) kind() Kind        { return KindPublishFlags }
func (SetSiteRoute) kind() Kind        { return KindSetSiteRoute }
func (SetNextHop) kind() Kind          { return KindSetNextHop }
func (AwaitReplication) kind() Kind    { return KindAwaitReplication }
func (SetupEdgeServer) kind() Kind     { return KindSetupEdgeServer }
func (RestartEdgeServices) kind() Kind { return KindRestartEdgeServices }
func (CheckPorts) kind() Kind          { return KindCheckPorts }
func (UpdateDNS) kind() Kind           { return KindUpdateDNS }
func (AssociateFrontEnd) kind() Kind   { return KindAssociateFrontEnd }
func (FailBackFrontEnd) kind() Kind    { return KindFailBackFrontEnd }
