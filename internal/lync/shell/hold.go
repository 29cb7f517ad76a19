package shell

import (
	"context"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// heldFor is how long all writes go only through a server that was lost in the middle of a
// write. Its PowerShell may still be publishing. A second publish on another server would
// not notice that.
const heldFor = 10 * time.Minute

// Hold remembers which management server was lost in the middle of a write. It belongs to
// an organization and outlives its fleets: an edit of the spec does not end a publish. A
// server that the spec does not name any more holds nothing.
type Hold struct {
	clock func() time.Time

	// noting has one token while the record outside is written, so that records follow each
	// other as the publishes do. It is no mutex: the API server may take long, and who waits
	// for another's record must not wait longer than it was told to.
	noting chan struct{}

	mu        sync.Mutex
	server    string    // URL; "" for none
	publish   bool      // a publish was sent to it
	underWay  bool      // and is waited for
	until     time.Time // of a server that was lost
	remembers bool      // the record outside names a server
}

// NewHold gives the hold of an organization. server is where a publish was sent at since,
// and whose end no manager noted; "" for none. Nobody knows when that manager lost it, so
// its time counts from now on, but no longer than a publish takes.
func NewHold(server string, since time.Time, clock func() time.Time) *Hold {
	h := &Hold{clock: clock, noting: make(chan struct{}, 1)}
	if server != "" {
		lost := clock()
		if last := since.Add(lync.PublishLimit); last.Before(lost) {
			lost = last
		}
		h.server, h.publish, h.until, h.remembers = server, true, lost.Add(heldFor), true
	}
	return h
}

// held gives the URL of the only server to write through; "" where there is none.
func (h *Hold) held() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.underWay || h.clock().Before(h.until) {
		return h.server
	}
	return ""
}

// Free reports whether no server is held.
func (h *Hold) Free() bool { return h.held() == "" }

// begin takes the turn of writing the record outside, which end gives back; false: ctx ended
// before.
func (h *Hold) begin(ctx context.Context) bool {
	select {
	case h.noting <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (h *Hold) end() { <-h.noting }

// publishing is called before a publish is sent to the server. note stores that where a
// crash does not lose it. Where that fails, nothing is held and nothing may be sent.
func (h *Hold) publishing(ctx context.Context, server string, note Noted) error {
	if !h.begin(ctx) {
		return fault.New(fault.Busy, "publish on", server, "an earlier publish is still being noted").With("nothing was published", "it is tried again")
	}
	defer h.end()
	if note != nil {
		if err := note(ctx, server, h.clock()); err != nil {
			return err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.server, h.publish, h.underWay, h.remembers = server, true, true, true
	return nil
}

// lost holds a server whose answer to a write did not come.
func (h *Hold) lost(server string, publish bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.server != server && h.publish && !publish && (h.underWay || h.clock().Before(h.until)) {
		return // a publish elsewhere counts for more
	}
	h.publish = publish || h.publish && h.server == server
	h.server, h.underWay, h.until = server, false, h.clock().Add(heldFor)
}

// unsent takes a publish back that was not sent after all. An earlier one may still hold
// the server.
func (h *Hold) unsent(ctx context.Context, note Noted) {
	h.mu.Lock()
	h.underWay = false
	h.mu.Unlock()
	h.Lapse(ctx, note)
}

// answered ends the hold on a server that answered a write. Only a script that takes the
// mutex of publishing tells that a publish there has ended.
func (h *Hold) answered(ctx context.Context, server string, publish bool, note Noted) {
	h.mu.Lock()
	ends := h.server == server && (publish || !h.publish)
	if ends {
		h.server, h.publish, h.underWay, h.until = "", false, false, time.Time{}
	}
	h.mu.Unlock()
	if ends {
		h.Lapse(ctx, note)
	}
}

// Lapse clears the record outside, once nothing is held any more. Where the record cannot
// be cleared, or is being written until ctx ends, that is tried at the next call.
func (h *Hold) Lapse(ctx context.Context, note Noted) {
	if !h.begin(ctx) {
		return
	}
	defer h.end()
	h.mu.Lock()
	due := h.remembers && !h.underWay && !h.clock().Before(h.until)
	h.mu.Unlock()
	if !due || note != nil && note(ctx, "", time.Time{}) != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remembers = false
}

// Noted stores the management server to which a publish is about to be sent, by URL and
// time, or that none is waited for any more (""). It returns once that is stored where a
// crash does not lose it. Faults: Unreachable, Denied.
type Noted func(ctx context.Context, server string, since time.Time) error
