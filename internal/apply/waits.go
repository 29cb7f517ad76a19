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
	latest := "it was looking"
	for {
		done, message, err := look()
		if err == nil && done {
			return nil
		}
		if w.looks.Err() != nil {
			return w.cut(ctx, latest) // such a look says nothing of the world
		}
		if err != nil {
			return err
		}
		latest = message
		w.note(message)
		if !w.hands.Clock.Now().Before(deadline) {
			return timeout(message)
		}
		if err := w.hands.Clock.Sleep(w.looks, w.limits.Poll); err != nil {
			return w.cut(ctx, latest)
		}
	}
}

// cut makes the error of a wait or look that ended early. The plan may no longer be wanted;
// its step is then left as it is. Or the controller stops.
func (w work) cut(ctx context.Context, doing string) error {
	if w.Stopping() && ctx.Err() == nil {
		return fault.New(fault.WorldChanged, opCarryOut, w.Plan.ID, "it was stopped: "+doing).
			With("what was done stands", "a new plan is made")
	}
	return fault.New(fault.OutcomeUnknown, "wait", "", "the controller stops").With("the step may still take effect", "it is looked at again")
}

func (w work) untilRunning(ctx context.Context, server string) error {
	return w.untilServer(ctx, server, w.limits.bound(plan.KindStartEdgeServices), "runs all its services", lync.EdgeServerState.Running)
}

// untilServer waits until ok accepts the state that an Edge machine reports. what names the
// wanted state in messages.
func (w work) untilServer(ctx context.Context, server string, limit time.Duration, what string, ok func(lync.EdgeServerState) bool) error {
	return w.until(ctx, limit, func() (bool, string, error) {
		state, err := w.readEdgeServer(ctx, server)
		if err != nil {
			return false, "", err
		}
		return ok(state), fmt.Sprintf("waits until %s %s", server, what), nil
	}, func(string) error {
		return fault.New(fault.Failed, "wait until it "+what, server, fmt.Sprintf("that did not happen within %s", limit)).
			With("the rest of the plan was not begun", "look at the Lync Server event log of the machine")
	})
}

// awaitReplication waits until an update that carries the run's last change has arrived in the
// machine's replica, and the machine carries the published document. The wait fails when a
// site's route is not the plan's any more.
func (w work) awaitReplication(ctx context.Context, s plan.Step, a plan.AwaitReplication) error {
	limit := w.limits.bound(plan.KindAwaitReplication)
	var to *arrival
	return w.until(ctx, limit, func() (bool, string, error) {
		t, answered, err := w.shareTopology(ctx)
		if err != nil {
			return false, "", err
		}
		if err := plan.KindAwaitReplication.Unread(t); err != nil {
			return false, "", err
		}
		if err := w.overtaken(t); err != nil {
			return false, "", err
		}
		if to == nil {
			to = w.awaited(t.ServerTime, answered)
		}
		behind := w.behind(ctx, a.Server, t, to, answered)
		return behind == "", fmt.Sprintf("waits for the replica of %s (%s)", a.Server.FQDN, behind), nil
	}, func(message string) error {
		return fault.New(fault.Unreachable, "replicate to", s.Target, fmt.Sprintf("after %s it still %s", limit, message)).
			With("setup, ports and DNS were not touched", "check port 4443 and the service REPLICA on the machine, it is tried again")
	})
}

// behind says what the machine's replica lacks; "" for nothing.
func (w work) behind(ctx context.Context, s lync.EdgeServer, t lync.Topology, to *arrival, answered time.Time) string {
	replica, ok := t.Replicas[lync.HostOf(s.FQDN)]
	if !ok {
		return "no replica known"
	}
	if lacks := to.lacks(replica, t.ServerTime, answered); lacks != "" {
		return lacks
	}
	if !w.carries(ctx, s.FQDN, t.Signature) {
		return "its local copy is of another publish"
	}
	return ""
}

func (w work) carries(ctx context.Context, server, signature string) bool {
	state, err := w.readEdgeServer(ctx, server)
	return err == nil && strings.EqualFold(state.LocalSignature, signature)
}
