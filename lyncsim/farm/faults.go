package farm

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// FaultKind is something that goes wrong on purpose.
type FaultKind string

const (
	// FaultStuckReplica: the machine's replica receives nothing more.
	FaultStuckReplica FaultKind = "StuckReplica"
	// FaultSlowReplica: the machine's replica is Delay later than the others.
	FaultSlowReplica FaultKind = "SlowReplica"
	// FaultPublishFails: the next Times publishes fail.
	FaultPublishFails FaultKind = "PublishFails"
	// FaultSetupFails: the next Times setups of the machine fail and leave its
	// roles disabled.
	FaultSetupFails FaultKind = "SetupFails"
	// FaultServiceWillNotStart: Target is "machine/service".
	FaultServiceWillNotStart FaultKind = "ServiceWillNotStart"
	// FaultPersonEdits: somebody publishes right after the next Times reads of
	// the topology document, so that a publish made from it is stale.
	FaultPersonEdits FaultKind = "PersonEdits"
	// FaultFirewall: no partner gets through to the federation port; Target is
	// "machine/port". Lasts until cleared.
	FaultFirewall FaultKind = "Firewall"
)

var faultKinds = []FaultKind{
	FaultStuckReplica, FaultSlowReplica, FaultPublishFails, FaultSetupFails, FaultServiceWillNotStart, FaultPersonEdits,
	FaultFirewall,
}

// Fault is one thing that goes wrong.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Target is a machine FQDN, "machine/service" or "machine/port"; empty: any.
	Target string `json:"target,omitempty"`
	// Times is how often it strikes, 1 when left out; replica and firewall faults
	// last until cleared.
	Times int `json:"times,omitempty"`
	// Delay is for SlowReplica.
	Delay Duration `json:"delay,omitempty"`
}

// AddFault arms a fault. Refusal: Invalid.
func (f *Farm) AddFault(fl Fault) error {
	return f.event(func() error {
		if !slices.Contains(faultKinds, fl.Kind) {
			return refusal.New(refusal.Invalid, "arm the fault", string(fl.Kind), fmt.Sprintf("there are only %v", faultKinds))
		}
		machine, _, _ := strings.Cut(fl.Target, "/")
		if machine != "" {
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

// Faults lists what is armed.
func (f *Farm) Faults() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := []Fault{}
	for _, fl := range f.faults {
		out = append(out, *fl)
	}
	return out
}

// ClearFaults disarms every fault; stuck replicas go on.
func (f *Farm) ClearFaults() {
	_ = f.event(func() error {
		f.faults = nil
		f.applyReplicaFaults()
		return nil
	})
}

// SeedFaults arms n faults chosen by the farm's seed, one after the other from
// the kinds that pass by themselves.
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

// applyReplicaFaults needs f.mu.
func (f *Farm) applyReplicaFaults() {
	for k, m := range f.machines {
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
	}
}

// walled reports whether a firewall keeps partners from a port. Needs f.mu.
func (f *Farm) walled(l Listener) bool {
	return slices.ContainsFunc(f.faults, func(fl *Fault) bool {
		return fl.Kind == FaultFirewall && strings.EqualFold(fl.Target, fmt.Sprintf("%s/%d", l.Machine, l.Port))
	})
}

// strike uses up one armed fault of the kind on the target and gives its error,
// or nil. Needs f.mu.
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

// personEdits lets an armed person publish an unchanged document, which gives it
// another signature.
func (f *Farm) personEdits() {
	_ = f.event(func() error {
		if f.strike(FaultPersonEdits, "") == nil {
			return nil
		}
		same := func(d *topology.Document) (*topology.Document, error) { return d, nil }
		return f.redraw(Actor{User: "a person", Command: "Topology Builder"}, same)
	})
}

// TopologyBuilder is what a person does with the program of that name: edit,
// publish and enable in one act, without harm to the simple URLs, which its
// documents carry. Faults: Invalid, Unreachable.
func (f *Farm) TopologyBuilder(a Actor, edit func(*topology.Document) (*topology.Document, error)) error {
	return f.event(func() error { return f.redraw(a, edit) })
}

// redraw needs f.mu.
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
