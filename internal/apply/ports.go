package apply

import (
	"context"
	"fmt"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

func (w work) checkPort(ctx context.Context, s plan.Step, a plan.CheckPorts) error {
	var reading probe.Reading
	return w.until(ctx, w.limits.bound(plan.KindCheckPorts), func() (bool, string, error) {
		reading = w.hands.Prober.Probe(w.looks, a.Port)
		if reading.Answers() {
			w.sawAnswering(a.Port)
		}
		return reading.Answers(), reading.Detail, nil
	}, func(message string) error {
		next := "open the port on the Edge server's external side and its firewall, it is tried again"
		if reading.Open {
			next = "look at the Edge server's services, and behind a load balancer at its members; it is tried again"
		}
		return fault.New(fault.Unreachable, "check", s.Target, message).With("DNS stays where it is", next)
	})
}

func (w work) sawAnswering(port probe.Target) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answering[port] = true
}

// portsAnswered fails unless this very run saw every port answering to which the change
// of DNS leads partners. It does not rely on the order of the plan's steps. Fault:
// Internal, because every plan checks the ports before it changes DNS.
func (w work) portsAnswered(s plan.Step, ports []probe.Target) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range ports {
		if !w.answering[p] {
			return fault.New(fault.Internal, "update", s.Target, fmt.Sprintf("port %d of %s was not seen answering in this run", p.Protocol.Port(), p.Address)).
				With("DNS stays where it is", "report it with the plan")
		}
	}
	return nil
}
