package plan

import (
	"slices"

	"github.com/fedroute/fedroute/internal/lync"
)

// Candidate is an Edge pool that federation may be led to one day: the spec keeps it
// prepared, or lists it as standby. Its Servers are those in service.
type Candidate struct {
	Pool lync.EdgePool
	// Shown are the names that the certificate of every machine of it must carry then.
	Shown []Shown
}

// candidates resolves the pools that federation may be led to, other than the one that is to
// host it now. Their names have been looked up before.
func candidates(in Intent, active lync.EdgePool, t lync.Topology) []Candidate {
	var out []Candidate
	for _, name := range slices.Concat(in.Prepare, in.Standby) {
		pool, ok := t.EdgePool(name)
		known := slices.ContainsFunc(out, func(c Candidate) bool { return lync.SameHost(c.Pool.FQDN, pool.FQDN) })
		if !ok || known || lync.SameHost(pool.FQDN, active.FQDN) {
			continue
		}
		pool.Servers = inService(in, pool.Servers)
		out = append(out, Candidate{pool, shownNames(in, pool, t.Product)})
	}
	return out
}

// inService leaves out the machines that nothing is done with.
func inService(in Intent, servers []lync.EdgeServer) []lync.EdgeServer {
	return slices.DeleteFunc(slices.Clone(servers), func(s lync.EdgeServer) bool { return in.Servers[lync.HostOf(s.FQDN)].OutOfService })
}

// Acceptance says whether partners would accept the certificates of a candidate.
type Acceptance struct {
	Pool string
	// Faults are for what they would refuse it. Unknown is what could not be read.
	Faults, Unknown []string
}

// Acceptances judges the certificates of each candidate as those of a pool that a move leads
// to. A move asks again, so nothing waits for the answer.
func Acceptances(d Desired, o Observed) []Acceptance {
	var out []Acceptance
	for _, c := range d.Candidates {
		a := Acceptance{Pool: c.Pool.FQDN}
		a.Faults, a.Unknown = comparison{d, o}.certificates(c.Pool, c.Shown)
		out = append(out, a)
	}
	return out
}
