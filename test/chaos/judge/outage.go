package judge

import "time"

// outage is what is known of the times at which partners reach nobody.
type outage struct {
	undisturbed bool
	since       time.Time // zero while partners are served
}

// Undisturbed notes that from now on nothing happens but what people wish and fedroute does.
func (j *Judge) Undisturbed() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.undisturbed, j.since = true, time.Time{}
	j.down()
}

// down notes whether partners are served, and judges I11 when they are again.
func (j *Judge) down() {
	switch now := j.farm.Clock().Now(); {
	case !j.undisturbed:
	case j.reached():
		j.ended(now)
	case j.since.IsZero():
		j.since = now
	}
}

// ended judges I11: a move from a pool that works leaves federation down no longer than the
// slowest of the steps that cannot be taken before.
func (j *Judge) ended(now time.Time) {
	if j.since.IsZero() {
		return
	}
	if lasted, slowest := now.Sub(j.since), j.slowest(); lasted > slowest {
		j.broke("I11", "partners reached nobody for %s while people moved federation from a pool that worked; the slowest step that remains takes %s", lasted, slowest)
	}
	j.since = time.Time{}
}

// slowest is how long the slowest step takes that cannot be taken while the old pool serves: the
// routes reach the replicas, the XMPP proxy starts anew. What setup does can be done before.
func (j *Judge) slowest() time.Duration {
	d := j.farm.Durations()
	return max(time.Duration(d.Replication), time.Duration(d.ServiceStop+d.ServiceStart)) + aLook
}

// aLook is how much later a step may begin than the one before it ended: fedroute waits for an
// answer, asks the ports and signs an update.
const aLook = time.Minute

// reached reports whether a partner reaches somebody for each domain, whoever that is.
func (j *Judge) reached() bool {
	targets := j.targets()
	if len(targets) < len(j.terms.SIP)+len(j.terms.XMPP) {
		return false
	}
	for _, t := range targets {
		if !j.anyAnswers(t) {
			return false
		}
	}
	return true
}

func (j *Judge) anyAnswers(t target) bool {
	for _, text := range j.zones.Lookup(t.host, "A") {
		for at := range j.now {
			if at.Port() == t.port && at.Addr().String() == text {
				return true
			}
		}
	}
	return false
}
