package apply

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// until calls look again and again until look says done. look's message says what the step
// waits for. When the limit has passed, timeout makes the error from that message.
func (w work) until(ctx context.Context, limit time.Duration, look func() (done bool, message string, err error), timeout func(message string) error) error {
	deadline := w.hands.Clock.Now().Add(limit)
	for {
		done, message, err := look()
		if err != nil || done {
			return err
		}
		w.note(message)
		if w.stopping.Load() { // the plan is no longer wanted: stop waiting
			return fault.New(fault.WorldChanged, "carry out plan", w.Plan.ID, "it was stopped: "+message).
				With("what was done stands", "a new plan is made")
		}
		if !w.hands.Clock.Now().Before(deadline) {
			return timeout(message)
		}
		if err := w.hands.Clock.Sleep(ctx, w.limits.Poll); err != nil {
			return fault.New(fault.OutcomeUnknown, "wait", "", "the controller stops").With("the step may still take effect", "it is looked at again")
		}
	}
}

func (w work) untilRunning(ctx context.Context, server string) error {
	return w.untilServer(ctx, server, w.limits.bound(plan.KindStartEdgeServices), "runs all its services", lync.EdgeServerState.Running)
}

// untilServer waits until ok accepts the state that an Edge machine reports. what names the
// wanted state in messages.
func (w work) untilServer(ctx context.Context, server string, limit time.Duration, what string, ok func(lync.EdgeServerState) bool) error {
	return w.until(ctx, limit, func() (bool, string, error) {
		state, err := w.hands.Observer.ReadEdgeServer(ctx, server)
		if err != nil {
			return false, "", err
		}
		return ok(state), fmt.Sprintf("waits until %s %s", server, what), nil
	}, func(string) error {
		return fault.New(fault.Failed, "wait until it "+what, server, fmt.Sprintf("that did not happen within %s", limit)).
			With("the rest of the plan was not begun", "look at the Lync Server event log of the machine")
	})
}

// awaitReplication waits until every replica of the pool is up to date, has an update
// (LastUpdateCreation) no older than the run's last change, and carries the published
// document. UpToDate alone is not enough: it may still describe the time before the
// change. The wait fails when a site's route is not the plan's any more.
func (w work) awaitReplication(ctx context.Context, s plan.Step, a plan.AwaitReplication) error {
	limit := w.limits.bound(plan.KindAwaitReplication)
	var since time.Time // on the management server's clock
	return w.until(ctx, limit, func() (bool, string, error) {
		t, _, err := w.hands.Observer.ReadTopology(ctx)
		if err != nil {
			return false, "", err
		}
		if err := w.overtaken(t); err != nil {
			return false, "", err
		}
		if since.IsZero() {
			since = w.changeOnServerClock(t.ServerTime, w.hands.Clock.Now())
		}
		behind := w.behind(ctx, a.Servers, t, since)
		return len(behind) == 0, "waits for the replica of " + strings.Join(behind, ", "), nil
	}, func(message string) error {
		return fault.New(fault.Unreachable, "replicate to", s.Target, fmt.Sprintf("after %s it still %s", limit, message)).
			With("setup, ports and DNS were not touched", "check port 4443 and the service REPLICA on the machine, it is tried again")
	})
}

// changeOnServerClock gives the time of the run's last change on the management server's
// clock; zero when this run changed nothing.
func (w work) changeOnServerClock(serverTime, answered time.Time) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lastChange.IsZero() {
		return time.Time{}
	}
	return serverTime.Add(-answered.Sub(w.lastChange))
}

func (w work) behind(ctx context.Context, servers []lync.EdgeServer, t lync.Topology, since time.Time) []string {
	var out []string
	for _, s := range servers {
		replica, ok := t.Replicas[lync.HostOf(s.FQDN)]
		switch {
		case !ok:
			out = append(out, s.FQDN+" (no replica known)")
		case !replica.UpToDate:
			out = append(out, s.FQDN+" (not up to date)")
		case replica.LastUpdate.Before(since.Truncate(time.Second)):
			out = append(out, s.FQDN+" (its last update is older than the change)")
		case !w.carries(ctx, s.FQDN, t.Signature):
			out = append(out, s.FQDN+" (its local copy is of another publish)")
		}
	}
	return out
}

func (w work) carries(ctx context.Context, server, signature string) bool {
	state, err := w.hands.Observer.ReadEdgeServer(ctx, server)
	return err == nil && strings.EqualFold(state.LocalSignature, signature)
}
