package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// answerAge is how old a port's answer may be when a step leads partners or users to the
// port. A zone may be written minutes after its ports were checked: other zones, a slow
// server or a lagging secondary come in between, and a pool dies in that time, too.
const answerAge = 5 * time.Second

func (w work) checkPort(ctx context.Context, s plan.Step, a plan.CheckPorts) error {
	var reading probe.Reading
	return w.until(ctx, w.limits.bound(plan.KindCheckPorts), func() (bool, string, error) {
		reading = w.ask(w.looks, a.Port)
		return reading.Answers(), reading.Detail, nil
	}, func(message string) error {
		next := "open the port on the Edge server's external side and its firewall, it is tried again"
		if reading.Open {
			next = "look at the Edge server's services, and behind a load balancer at its members; it is tried again"
		}
		return fault.New(fault.Unreachable, "check", s.Target, message).With("DNS stays where it is", next)
	})
}

// ask asks a port, and notes when it answered.
func (w work) ask(ctx context.Context, port probe.Target) probe.Reading {
	reading := w.hands.Prober.Probe(ctx, port)
	if reading.Answers() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.answered[port] = w.hands.Clock.Now()
	}
	return reading
}

// portsAnswer fails unless every port to which the change of DNS leads partners answered
// in this very run, and at most answerAge ago. It asks the ports again whose answer is
// older. It does not rely on the order of the plan's steps. Faults: Internal for a port
// that was never seen answering, because every plan checks the ports before it changes
// DNS; Unreachable for one that does not answer any more.
func (w work) portsAnswer(ctx context.Context, s plan.Step, ports []probe.Target) error {
	var group contain.Group
	group.SetLimit(sideBySide)
	for _, p := range ports {
		if _, seen := w.answeredAt(p); !seen {
			return fault.New(fault.Internal, "change", s.Target, fmt.Sprintf("port %d of %s was not seen answering in this run", p.Protocol.Port(), p.Address)).
				With("DNS stays where it is", "report it with the plan")
		}
	}
	for _, p := range ports {
		at, _ := w.answeredAt(p)
		if w.hands.Clock.Now().Sub(at) <= answerAge {
			continue
		}
		group.Go("probe", p.Where(), func() error {
			reading, err := w.again.Do(fmt.Sprint(p), "probe", p.Where(), func() (probe.Reading, error) { return w.ask(ctx, p), nil })
			if err != nil || reading.Answers() {
				return err
			}
			return fault.New(fault.Unreachable, "change", s.Target, fmt.Sprintf("port %d of %s answered at %s and does not answer any more (%s)",
				p.Protocol.Port(), p.Address, at.UTC().Format(time.TimeOnly), reading.Detail)).
				With(s.Target+" stays as it is", "look at the Edge server's services; it is tried again")
		})
	}
	return group.Wait()
}

// portsStillAnswer is portsAnswer for the ports that this run saw answering. A step that
// leads users to the pool comes after all checks of ports, where the plan has any.
func (w work) portsStillAnswer(ctx context.Context, s plan.Step) error {
	w.mu.Lock()
	ports := slices.Collect(maps.Keys(w.answered))
	w.mu.Unlock()
	return w.portsAnswer(ctx, s, ports)
}

func (w work) answeredAt(port probe.Target) (at time.Time, seen bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, seen = w.answered[port]
	return at, seen
}
