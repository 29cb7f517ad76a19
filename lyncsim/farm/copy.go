package farm

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// Copy gives another farm in the same state, on the same clock. What is done to one does not
// show in the other. Deliveries to replicas that are on their way begin anew in the copy, and
// operations that are running do not run there. The copy has no observers, no journal and no
// violations.
func (f *Farm) Copy() *Farm {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := &Farm{
		clock: f.clock, thumbprint: f.thumbprint, spec: f.spec, product: f.product, durations: f.durations,
		setupPermission: f.setupPermission, shareControl: slices.Clone(f.shareControl), groups: maps.Clone(f.groups),
		rand: rand.New(rand.NewPCG(1, 2)), config: f.config, history: slices.Clone(f.history), order: slices.Clone(f.order),
		machines: map[string]*machine{}, running: map[string]Actor{}, urls: cloneURLs(f.urls), replicationStopped: f.replicationStopped,
	}
	for k, m := range f.machines {
		other := *m
		other.pending, other.cancel, other.services = false, nil, nil
		for _, s := range m.services {
			same := *s
			other.services = append(other.services, &same)
		}
		c.machines[k] = &other
	}
	for _, fl := range f.faults {
		same := *fl
		c.faults = append(c.faults, &same)
	}
	c.replicate()
	return c
}
