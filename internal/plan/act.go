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

// StartEdgeServices starts the stopped services of a machine.
type StartEdgeServices struct{ Server lync.EdgeServer }

// RestoreSimpleURLs puts back the simple URLs that a lost publish may have emptied. Kept is
// the text that the publish left of them.
type RestoreSimpleURLs struct{ Kept string }

// PublishFlags changes the flags in one publish. Without Flags it only enables the
// topology that is already published.
type PublishFlags struct{ Flags []lync.Flag }

// SetSiteRoute sets a site's federation route of a protocol to an Edge pool.
type SetSiteRoute struct {
	Site     string
	Protocol lync.Protocol
	EdgePool string
}

// AwaitReplication waits until the replica of a machine of the Edge pool carries the run's
// changes.
type AwaitReplication struct {
	Server lync.EdgeServer
	Pool   string
}

// SetupEdgeServer runs setup on a machine. Ports are the external ports that the machine
// must be able to serve afterwards.
type SetupEdgeServer struct {
	Server lync.EdgeServer
	Ports  []uint16
}

// RestartEdgeServices stops and starts a machine's services. Ports are the external ports
// on which the machine must listen afterwards.
type RestartEdgeServices struct {
	Server lync.EdgeServer
	Ports  []uint16
}

// CheckPorts waits until a port answers. Servers are the machines behind the address.
type CheckPorts struct {
	Port    probe.Target
	Servers []lync.EdgeServer
}

// UpdateDNS makes all changes of one zone. Ports are the ports to which the new records
// lead partners. The run must have seen each of them answering.
type UpdateDNS struct {
	Zone    string
	Changes []dns.Change
	Ports   []probe.Target
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
func (AwaitReplication) kind() Kind    { return KindAwaitReplication }
func (SetupEdgeServer) kind() Kind     { return KindSetupEdgeServer }
func (RestartEdgeServices) kind() Kind { return KindRestartEdgeServices }
func (CheckPorts) kind() Kind          { return KindCheckPorts }
func (UpdateDNS) kind() Kind           { return KindUpdateDNS }
func (AssociateFrontEnd) kind() Kind   { return KindAssociateFrontEnd }
func (FailBackFrontEnd) kind() Kind    { return KindFailBackFrontEnd }
