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

// noticed is how long after a change UpToDate of a replica may still describe the time before it.
// A store that has not noticed a change after so long replicates nothing.
const noticed = 5 * time.Minute

// awaitReplication waits until the machine's replica is up to date, has an update
// (LastUpdateCreation) no older than the run's last change, and carries the published
// document. UpToDate alone is not enough right after the change. Later it is: the server that
// holds the store dates updates by its own clock, and next to that of the management server
// they may look too old for ever. The wait fails when a site's route is not the plan's any more.
func (w work) awaitReplication(ctx context.Context, s plan.Step, a plan.AwaitReplication) error {
	limit := w.limits.bound(plan.KindAwaitReplication)
	var change, since time.Time // on the controller's clock, and on the management server's
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
		if since.IsZero() {
			change, since = w.changeOnServerClock(t.ServerTime, answered)
		}
		recent := !since.IsZero() && answered.Sub(change) < noticed
		behind := w.behind(ctx, a.Server, t, since, recent)
		return behind == "", fmt.Sprintf("waits for the replica of %s (%s)", a.Server.FQDN, behind), nil
	}, func(message string) error {
		return fault.New(fault.Unreachable, "replicate to", s.Target, fmt.Sprintf("after %s it still %s", limit, message)).
			With("setup, ports and DNS were not touched", "check port 4443 and the service REPLICA on the machine, it is tried again")
	})
}

// changeOnServerClock gives the time of the run's last change, also on the management server's
// clock; zero when this run changed nothing.
func (w work) changeOnServerClock(serverTime, answered time.Time) (change, since time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lastChange.IsZero() {
		return time.Time{}, time.Time{}
	}
	return w.lastChange, serverTime.Add(-answered.Sub(w.lastChange))
}

// behind says what the machine's replica lacks; "" for nothing. The time of its update counts
// while the change is recent.
func (w work) behind(ctx context.Context, s lync.EdgeServer, t lync.Topology, since time.Time, recent bool) string {
	replica, ok := t.Replicas[lync.HostOf(s.FQDN)]
	switch {
	case !ok:
		return "no replica known"
	case !replica.UpToDate:
		return "not up to date"
	case recent && replica.LastUpdate.Before(since.Truncate(time.Second)):
		return "its last update is older than the change"
	case recent && replica.LastUpdate.After(t.ServerTime.Add(time.Second)): // the store tells whole seconds
		return "its last update is of a time to come: the clocks of the management server and of the Central Management Server differ"
	case !w.carries(ctx, s.FQDN, t.Signature):
		return "its local copy is of another publish"
	}
	return ""
}

func (w work) carries(ctx context.Context, server, signature string) bool {
	state, err := w.readEdgeServer(ctx, server)
	return err == nil && strings.EqualFold(state.LocalSignature, signature)
}
