package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
)

// Kind names what a step does. The order of the constants is the order in which
// steps run; steps of one kind do not depend on each other.
type Kind string

// The kinds, in the order of Microsoft's failover and failback procedures.
const (
	StartEdgeServices   Kind = "StartEdgeServices"
	PublishFlags        Kind = "PublishFlags"
	SetSiteRoute        Kind = "SetSiteRoute"
	AwaitReplication    Kind = "AwaitReplication"
	SetupEdgeServer     Kind = "SetupEdgeServer"
	RestartEdgeServices Kind = "RestartEdgeServices"
	CheckPorts          Kind = "CheckPorts"
	UpdateDNS           Kind = "UpdateDNS"
	AssociateFrontEnd   Kind = "AssociateFrontEnd"
	FailBackFrontEnd    Kind = "FailBackFrontEnd"
)

// Kinds lists every kind in running order.
var Kinds = []Kind{StartEdgeServices, PublishFlags, SetSiteRoute, AwaitReplication, SetupEdgeServer,
	RestartEdgeServices, CheckPorts, UpdateDNS, AssociateFrontEnd, FailBackFrontEnd}

// Looks reports whether steps of the kind only look and change nothing.
func (k Kind) Looks() bool { return k == AwaitReplication || k == CheckPorts }

// Step is one change, or one wait, as data. Kind, Target, From and To tell a
// person everything; the other fields are what the kind needs to act.
type Step struct {
	Kind   Kind
	Target string
	From   string
	To     string

	Server   lync.EdgeServer   // StartEdgeServices, SetupEdgeServer, RestartEdgeServices
	Servers  []lync.EdgeServer // AwaitReplication
	Flags    []lync.Flag       // PublishFlags
	Site     string            // SetSiteRoute
	Protocol lync.Protocol     // SetSiteRoute
	EdgePool string            // SetSiteRoute, AssociateFrontEnd
	Probe    probe.Target      // CheckPorts
	Zone     string            // UpdateDNS
	Changes  []dns.Change      // UpdateDNS
	FrontEnd string            // AssociateFrontEnd, FailBackFrontEnd
	// FrontEnds are the pool's machines, all of which must be up: FailBackFrontEnd.
	FrontEnds []FrontEndMachine
	// Ports are the external ports that must listen afterwards: SetupEdgeServer,
	// RestartEdgeServices.
	Ports []uint16
}

// Same reports whether two steps ask for the same thing of the same world.
func (s Step) Same(o Step) bool {
	return s.Kind == o.Kind && s.Target == o.Target && s.From == o.From && s.To == o.To
}

// String is the one-line form for logs.
func (s Step) String() string {
	return fmt.Sprintf("%s %s: %s -> %s", s.Kind, s.Target, s.From, s.To)
}

// ID is a hash of what the steps say to a person, so that the same world and the
// same wish give the same id. No steps give "".
func ID(steps []Step) string {
	if len(steps) == 0 {
		return ""
	}
	h := sha256.New()
	for _, s := range steps {
		fmt.Fprintf(h, "%q %q %q %q\n", s.Kind, s.Target, s.From, s.To)
	}
	return "sha256-" + hex.EncodeToString(h.Sum(nil))[:16]
}
