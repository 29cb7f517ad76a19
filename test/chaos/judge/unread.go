package judge

import (
	"strings"
	"time"
)

// shows lists the cmdlets that show what a change of the kind depends on: where federation is,
// which pools there are, whether the organization federates at all, and whether machines take
// a change up.
func shows(kind string) []string {
	const sites, document, edge, replicas = "Get-CsSite", "Get-CsTopology", "Get-CsAccessEdgeConfiguration", "Get-CsManagementStoreReplicationStatus"
	switch kind {
	case "Site", "EdgeServer", "Topology", "Topology enabled":
		return []string{sites, document, edge, replicas}
	case "Setup":
		return []string{sites, document, replicas}
	case "Zone":
		return []string{sites, document}
	case "Service", "Services":
		return []string{document}
	}
	return nil
}

// unread judges I5: no change depends on what could not be read. Before fedroute begins anything
// for a wish, it looks. When it could not read ever since people have that wish, it can only
// end the step that it had begun for the wish before; that is no step which leads to the pool
// that people wish only now. When it could read then, it may go on with what it was doing.
func (j *Judge) unread(at time.Time, object, to, who string) {
	kind, _, _ := strings.Cut(object, ":")
	for _, cmdlet := range shows(kind) {
		since, denied := j.denied[cmdlet]
		if !denied {
			continue
		}
		grace, what := goesOn, "since "+at.Sub(since).String()
		if n := len(j.wishes); n > 0 && j.wishes[n-1].At.After(since) {
			since, grace = j.wishes[n-1].At, j.oneStep(kind)
			if j.isNew(j.wishes[n-1]) && strings.EqualFold(j.leadsTo(object, to), j.wishes[n-1].Pool) {
				grace = 0
			}
			what = "ever since people wished this, " + at.Sub(since).String() + " ago"
		}
		if at.Sub(since) > grace {
			j.broke("I5", "%s changed %s, though %s has been denied %s", who, object, cmdlet, what)
		}
	}
}

// goesOn is how long fedroute may go on with what it was doing when it could still read: each
// machine is set up, one after the other, before the sites follow.
const goesOn = 20 * time.Minute

// oneStep is how long a step may take to end: the answer of one that was begun right before
// may be late.
func (j *Judge) oneStep(kind string) time.Duration {
	late := 3 * time.Minute
	if kind == "Setup" || kind == "Service" || kind == "Services" {
		late += time.Duration(j.farm.Durations().Setup)
	}
	return late
}

// isNew reports whether the last wish names a pool that no wish has named for a while.
func (j *Judge) isNew(last Wish) bool {
	for i, w := range j.wishes[:len(j.wishes)-1] {
		if strings.EqualFold(w.Pool, last.Pool) && last.At.Sub(j.wishes[i+1].At) < goesOn {
			return false
		}
	}
	return true
}

// leadsTo gives the Edge pool that a change of an object makes ready, or leads partners to.
func (j *Judge) leadsTo(object, to string) string {
	kind, of, _ := strings.Cut(object, ":")
	switch {
	case kind == "Site":
		return to
	case kind == "EdgeServer" && to == "on":
		pool, _, _ := strings.Cut(of, " ")
		return pool
	case kind == "Setup" && to != "no federation": // otherwise it tidies up the pool that was left
		return j.namedPool(of)
	}
	return ""
}
