package apply

import (
	"context"
	"time"

	"github.com/fedroute/fedroute/internal/lync"
)

// A look ends at once when the run is stopped: the next plan must not wait for a machine
// that it may not need. A read that belongs to a change, such as the one between setup and
// the start of services, is no look and is made with the Observer itself.

// readEdgeServer looks at an Edge machine.
func (w work) readEdgeServer(ctx context.Context, server string) (lync.EdgeServerState, error) {
	state, err := w.hands.Observer.ReadEdgeServer(w.looks, server)
	if err != nil && w.looks.Err() != nil {
		err = w.cut(ctx, "it was looking at "+server)
	}
	return state, err
}

// readTopology looks at the topology. Parts of it may be unknown.
func (w work) readTopology(ctx context.Context) (lync.Topology, error) {
	t, err := w.afterChange(w.looks)
	if err != nil && w.looks.Err() != nil {
		err = w.cut(ctx, "it was looking at the topology")
	}
	return t, err
}

// afterChange reads the topology, where the read belongs to a change. Parts of the topology
// may be unknown: a step asks plan.Kind.Unread for those that it needs.
func (w work) afterChange(ctx context.Context) (lync.Topology, error) {
	t, _, err := w.hands.Observer.ReadTopology(ctx)
	if len(t.Unknown) > 0 {
		err = nil
	}
	return t, err
}

// lastLook is the latest look at the topology that waiting steps share.
type lastLook struct {
	turn     chan struct{} // holds a value during a look, and while the other fields are read
	began    time.Time
	answered time.Time
	topology lync.Topology
}

// shareTopology looks at the topology, or gives a look that another step took since the
// last change and less than a poll ago. Every machine of a pool waits for its replica at
// the same time, and one answer of the management server serves all of them.
func (w work) shareTopology(ctx context.Context) (t lync.Topology, answered time.Time, err error) {
	l := &w.last
	select {
	case l.turn <- struct{}{}:
	case <-w.looks.Done():
		return t, time.Time{}, w.cut(ctx, "it was waiting for another step's look at the topology")
	case <-ctx.Done():
		return t, time.Time{}, w.cut(ctx, "it was waiting for another step's look at the topology")
	}
	defer func() { <-l.turn }()
	w.mu.Lock()
	changed := w.lastChange
	w.mu.Unlock()
	now := w.hands.Clock.Now()
	if !l.answered.IsZero() && l.began.After(changed) && now.Sub(l.began) < w.limits.Poll {
		return l.topology, l.answered, nil
	}
	t, err = w.readTopology(ctx)
	if err != nil {
		return t, time.Time{}, err
	}
	l.began, l.answered, l.topology = now, w.hands.Clock.Now(), t
	return t, l.answered, nil
}
