package apply

import (
	"time"

	"github.com/fedroute/fedroute/internal/lync"
)

// noticed is how long after a change UpToDate of a replica may still describe the time before it.
// A store that has not noticed a change after so long replicates nothing.
const noticed = 5 * time.Minute

// arrival is the wait for the update of one replica that carries the run's last change.
// UpToDate alone is not enough right after the change, because it may describe the time before.
// It is enough with an update (LastUpdateCreation) no older than the change. That is dated by
// the server that holds the store. Where its clock is behind the management server's, a new
// update looks old for ever. So it is also enough once the replica was seen not up to date and
// has got another update since, and it is when the change is long ago.
type arrival struct {
	change  time.Time // on the controller's clock; zero when this run changed nothing
	since   time.Time // the same moment on the management server's clock
	missing bool      // the replica was seen not up to date
	before  time.Time // its last update at that time
}

// awaited gives what a wait knows at its first look.
func (w work) awaited(serverTime, answered time.Time) *arrival {
	w.mu.Lock()
	defer w.mu.Unlock()
	return &arrival{change: w.lastChange, since: serverTime.Add(-answered.Sub(w.lastChange))}
}

// lacks says why the replica may not carry the change yet; "" when it does.
func (a *arrival) lacks(r lync.Replica, serverTime, answered time.Time) string {
	switch {
	case !r.UpToDate:
		a.missing, a.before = true, r.LastUpdate
		return "not up to date"
	case a.change.IsZero(), a.missing && r.LastUpdate.After(a.before), answered.Sub(a.change) >= noticed:
		return ""
	case r.LastUpdate.Before(a.since.Truncate(time.Second)): // the store tells whole seconds
		return "its last update is older than the change"
	case r.LastUpdate.After(serverTime.Add(time.Second)):
		return "its last update is of a time to come: the clocks of the management server and of the server that holds the store differ"
	}
	return ""
}
