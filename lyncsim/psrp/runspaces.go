package psrp

import (
	"context"
	"sync"

	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// runspaces are the runspaces of a pool: at most so many, each running one pipeline at
// a time.
type runspaces struct {
	open  func(context.Context) (*powershell.Runspace, error)
	first *powershell.Runspace

	mu          sync.Mutex
	least, most int32
	busy        int32
	free        []*powershell.Runspace
	changed     chan struct{} // closed at the next change
}

func newRunspaces(open func(context.Context) (*powershell.Runspace, error), first *powershell.Runspace, least, most int32) *runspaces {
	r := &runspaces{open: open, first: first, least: least, most: most, changed: make(chan struct{})}
	if first != nil {
		r.free = append(r.free, first)
	}
	return r
}

// borrow waits for a free runspace, or makes one.
func (r *runspaces) borrow(ctx context.Context) (*powershell.Runspace, error) {
	for {
		r.mu.Lock()
		if r.busy < r.most {
			r.busy++
			var rs *powershell.Runspace
			if n := len(r.free); n > 0 {
				rs, r.free = r.free[n-1], r.free[:n-1]
			}
			r.mu.Unlock()
			if rs != nil {
				return rs, nil
			}
			rs, err := r.open(ctx)
			if err != nil {
				r.giveBack(nil)
			}
			return rs, err
		}
		changed := r.changed
		r.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (r *runspaces) giveBack(rs *powershell.Runspace) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy--
	if rs != nil {
		r.free = append(r.free, rs)
	}
	r.announce()
}

// announce wakes those who wait. The caller holds the lock.
func (r *runspaces) announce() {
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *runspaces) limits() (least, most int32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.least, r.most
}

// limit changes the limits; false when they make no sense.
func (r *runspaces) limit(least, most int32) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if least < 1 || most < least {
		return false
	}
	r.least, r.most = least, most
	r.announce()
	return true
}

// available is the number of pipelines that could start now.
func (r *runspaces) available() int32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.most - r.busy
}

// reset forgets what the runspaces remember: the next pipelines get new ones.
func (r *runspaces) reset(ctx context.Context) error {
	rs, err := r.open(ctx)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, old := range r.free {
		old.Close()
	}
	r.free, r.first = []*powershell.Runspace{rs}, rs
	return nil
}

// close ends the runspaces. No pipeline runs any more.
func (r *runspaces) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rs := range r.free {
		rs.Close()
	}
	r.free = nil
}
