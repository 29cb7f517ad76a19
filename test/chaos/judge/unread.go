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
// end the step that it had begun for the wish before. When it could read then, it may go on
// with what it was doing.
func (j *Judge) unread(at time.Time, object, who string) {
	kind, _, _ := strings.Cut(object, ":")
	for _, cmdlet := range shows(kind) {
		since, denied := j.denied[cmdlet]
		if !denied {
			continue
		}
		grace, what := goesOn, "since "+at.Sub(since).String()
		if n := len(j.wishes); n > 0 && j.wishes[n-1].At.After(since) {
			since, grace = j.wishes[n-1].At, j.oneStep(kind)
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
