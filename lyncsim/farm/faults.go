package farm

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// FaultKind is a kind of failure that the simulator produces on request.
type FaultKind string

const (
	// FaultStuckReplica: the machine's replica receives no more changes.
	FaultStuckReplica FaultKind = "StuckReplica"
	// FaultSlowReplica: the machine's replica gets changes later than the others, by
	// Delay.
	FaultSlowReplica FaultKind = "SlowReplica"
	// FaultPublishFails: the next Times publishes fail.
	FaultPublishFails FaultKind = "PublishFails"
	// FaultSetupFails: the next Times setups of the machine fail and leave its
	// roles disabled.
	FaultSetupFails FaultKind = "SetupFails"
	// FaultServiceWillNotStart: Target is "machine/service".
	FaultServiceWillNotStart FaultKind = "ServiceWillNotStart"
	// FaultServiceWillNotStop: Target is "machine/service". The service goes on running
	// [inferred].
	FaultServiceWillNotStop FaultKind = "ServiceWillNotStop"
	// FaultPersonEdits: a person publishes right after each of the next Times reads
	// of the topology document. A publish that is based on such a read is then stale.
	FaultPersonEdits FaultKind = "PersonEdits"
	// FaultFirewall: partners cannot reach the federation port; Target is
	// "machine/port". It lasts until it is cleared.
	FaultFirewall FaultKind = "Firewall"
	// FaultEmptyBalancer: a load balancer without members takes the connections to the
	// federation port and hangs up, whatever the machine does; Target is "machine/port".
	// It lasts until it is cleared.
	FaultEmptyBalancer FaultKind = "EmptyBalancer"
	// FaultCmdletDenied: SQL Server denies the cmdlet of that name what it wants to read or
	// change. Target is the cmdlet. It lasts until it is cleared.
	FaultCmdletDenied FaultKind = "CmdletDenied"
)

var faultKinds = []FaultKind{
	FaultStuckReplica, FaultSlowReplica, FaultPublishFails, FaultSetupFails, FaultServiceWillNotStart, FaultServiceWillNotStop, FaultPersonEdits,
	FaultFirewall, FaultEmptyBalancer, FaultCmdletDenied,
}

// Fault is one failure that the simulator produces on request.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Target is a machine's FQDN, "machine/service", "machine/port" or a cmdlet; empty
	// means any.
	Target string `json:"target,omitempty"`
	// Times is how often the fault occurs, 1 when left out. Faults of replicas, firewalls,
	// balancers and cmdlets last until they are cleared.
	Times int `json:"times,omitempty"`
	// Delay is used by SlowReplica only.
	Delay Duration `json:"delay,omitempty"`
}

// AddFault activates a fault. Refusal: Invalid.
func (f *Farm) AddFault(fl Fault) error {
	return f.event(func() error {
		if !slices.Contains(faultKinds, fl.Kind) {
			return refusal.New(refusal.Invalid, "arm the fault", string(fl.Kind), fmt.Sprintf("there are only %v", faultKinds))
		}
		machine, _, _ := strings.Cut(fl.Target, "/")
		if machine != "" && fl.Kind != FaultCmdletDenied {
			if _, err := f.machine(machine); err != nil {
				return err
			}
		}
		fl.Times = max(fl.Times, 1)
		f.faults = append(f.faults, &fl)
		f.applyReplicaFaults()
		return nil
	})
}

// Faults lists the active faults.
func (f *Farm) Faults() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := []Fault{}
	for _, fl := range f.faults {
		out = append(out, *fl)
	}
	return out
}

// RemoveFault removes one active fault of the kind on the target, if there is one.
func (f *Farm) RemoveFault(kind FaultKind, target string) {
	_ = f.event(func() error {
		if i := slices.IndexFunc(f.faults, func(fl *Fault) bool { return fl.Kind == kind && strings.EqualFold(fl.Target, target) }); i >= 0 {
			f.faults = slices.Delete(f.faults, i, i+1)
			f.applyReplicaFaults()
		}
		return nil
	})
}

// ClearFaults removes every fault. Stuck replicas receive changes again.
func (f *Farm) ClearFaults() {
	_ = f.event(func() error {
		f.faults = nil
		f.applyReplicaFaults()
		return nil
	})
}

// SeedFaults activates n faults, which the farm's seed chooses from the kinds that
// end by themselves.
func (f *Farm) SeedFaults(n int) []Fault {
	var edges []string
	for _, m := range f.Machines() {
		if m.Role == RoleEdge {
			edges = append(edges, m.FQDN)
		}
	}
	var out []Fault
	for range n {
		f.mu.Lock()
		kind := []FaultKind{FaultPublishFails, FaultSetupFails, FaultServiceWillNotStart, FaultSlowReplica}[f.rand.IntN(4)]
		target := edges[f.rand.IntN(len(edges))]
		f.mu.Unlock()
		fl := Fault{Kind: kind, Target: target, Times: 1}
		switch kind {
		case FaultPublishFails:
			fl.Target = ""
		case FaultServiceWillNotStart:
			fl.Target += "/" + ServiceAccessEdge
		case FaultSlowReplica:
			fl.Delay = Duration(10 * time.Second)
		}
		if f.AddFault(fl) == nil {
			out = append(out, fl)
		}
	}
	return out
}

// Denied says whether a fault keeps a cmdlet from what it wants to read or change; a
// *Barrier when one does.
func (f *Farm) Denied(cmdlet, account string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fl := range f.faults {
		if fl.Kind == FaultCmdletDenied && (fl.Target == "" || strings.EqualFold(fl.Target, cmdlet)) {
			return &Barrier{Resource: StoreContent, As: account}
		}
	}
	return nil
}

// applyReplicaFaults applies the active faults to the replicas. The caller holds
// f.mu.
func (f *Farm) applyReplicaFaults() {
	for k, m := range f.machines {
		before := m.slow
		m.stuck, m.slow = false, 0
		for _, fl := range f.faults {
			if fl.Target != "" && key(fl.Target) != k {
				continue
			}
			switch fl.Kind {
			case FaultStuckReplica:
				m.stuck = true
			case FaultSlowReplica:
				m.slow = fl.Delay.std()
			}
		}
		if m.slow < before {
			m.drop() // what is on its way slowly is sent anew
		}
	}
}

// walled reports whether a firewall or an empty balancer keeps partners from a port. The
// caller holds f.mu.
func (f *Farm) walled(l Listener) bool {
	return f.faulty(FaultFirewall, l) || f.faulty(FaultEmptyBalancer, l)
}

// faulty reports whether a fault of the kind is on the port.
func (f *Farm) faulty(kind FaultKind, l Listener) bool {
	return slices.ContainsFunc(f.faults, func(fl *Fault) bool {
		return fl.Kind == kind && strings.EqualFold(fl.Target, fmt.Sprintf("%s/%d", l.Machine, l.Port))
	})
}

// strike uses up one active fault of the kind on the target and gives its error, or
// nil. The caller holds f.mu.
func (f *Farm) strike(kind FaultKind, target string) error {
	for i, fl := range f.faults {
		if fl.Kind != kind || fl.Target != "" && key(fl.Target) != key(target) {
			continue
		}
		if fl.Times--; fl.Times <= 0 {
			f.faults = slices.Delete(f.faults, i, i+1)
		}
		return refusal.New(refusal.Failed, "carry out", strings.TrimSpace(string(kind)+" "+target), "the simulator was told to let this fail")
	}
	return nil
}

// personEdits plays the person of FaultPersonEdits, who publishes an unchanged
// document. The publish gives the document another signature.
func (f *Farm) personEdits() {
	_ = f.event(func() error {
		if f.strike(FaultPersonEdits, "") == nil {
			return nil
		}
		same := func(d *topology.Document) (*topology.Document, error) { return d, nil }
		return f.redraw(Actor{User: "a person", Command: "Topology Builder"}, same)
	})
}

// TopologyBuilder does what a person does with the program of that name: it edits,
// publishes and enables in one step. The simple URLs survive, because Topology
// Builder's documents contain them. Faults: Invalid, Unreachable.
func (f *Farm) TopologyBuilder(a Actor, edit func(*topology.Document) (*topology.Document, error)) error {
	return f.event(func() error { return f.redraw(a, edit) })
}

// redraw does the work of TopologyBuilder. The caller holds f.mu.
func (f *Farm) redraw(a Actor, edit func(*topology.Document) (*topology.Document, error)) error {
	from := f.config.Published
	if err := f.cmsUp(); err != nil {
		return f.write(a, "Topology", from.Signature, "", err)
	}
	doc, err := edit(from)
	if err == nil {
		doc, err = doc.WithSignature(f.guid())
	}
	if err != nil {
		return f.write(a, "Topology", from.Signature, "", invalid("edit", "the topology", err))
	}
	n := f.config.clone()
	n.Published, n.Enabled = doc, doc
	f.adopt(n)
	f.writeTopology(a, from, doc)
	return nil
}
