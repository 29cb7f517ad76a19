package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
)

// FrontEndPool is a Front End pool of a resolved route.
type FrontEndPool struct {
	FrontEnd
	Machines []FrontEndMachine
}

// FrontEndMachine is one machine of a Front End pool and the port that shows whether the
// machine serves users. That is port 5061, where its Front End service speaks SIP over TLS
// (Microsoft's page "Port requirements").
type FrontEndMachine struct {
	FQDN string
	Port probe.Target
}

// Move is what has to be remembered of the latest move of federation to another Edge pool.
// The failbacks come last in a move. By then all site routes name the new Edge pool, and
// nothing else shows that federation was moved.
type Move struct {
	EdgePool string
	// From is the Edge pool that all sites of a protocol used when the move began. It is
	// empty when the protocols or sites used several. Such a move cannot be undone.
	From string
	// Answered: an address of the Edge pool has answered since the routes moved.
	Answered bool
	// FailBack are the Front End pools that were failed over when the move began
	// and that it still has to fail back.
	FailBack []string
	// Leaves are the Edge pools that this move and those before it left, as far as
	// federation has not ended there.
	Leaves []string
	// LongestTTL is the longest, in seconds, that a record of the move had before it.
	LongestTTL uint32
	// Shown is since when every authoritative server shows the move's records; zero while
	// one does not.
	Shown time.Time
	// LoweredFrom is the longest TTL, in seconds, that a record of the move had before it
	// was lowered for the move. Lowered is since when no authoritative server shows it.
	LoweredFrom uint32
	Lowered     time.Time
}

// Next gives the move that follows from the present observation. fresh means that the move
// has not begun yet: it is to be remembered when it begins, and not before. A Front End
// pool that is failed over later, or without a move, was failed over on purpose and is not
// part of a move. Nor is a pool whose state is unknown when the move begins: nobody could
// say later when it was failed over. The routes of t's sites must be known.
func (m Move) Next(d Desired, t lync.Topology) (next Move, fresh bool) {
	next.EdgePool, next.From = d.Pool.FQDN, m.From
	same := lync.SameHost(m.EdgePool, d.Pool.FQDN)
	d.Leaves = m.Leaves
	if same {
		next.LongestTTL, next.Shown, next.Answered, next.LoweredFrom, next.Lowered = m.LongestTTL, m.Shown, m.Answered, m.LoweredFrom, m.Lowered
	} else {
		d.Leaves = append(slices.Clone(m.Leaves), m.EdgePool) // it may have been made ready and never been led to
	}
	next.Leaves = leftBehind(d, t)
	if !same {
		next.From = hostOfAll(d, t)
	}
	if !same && !moving(d, t) {
		return next, false // federation is on the Edge pool already: nothing is moved
	}
	unknown := t.Unread(lync.PartServices, lync.PartPoolStates) != nil
	for _, fe := range d.FrontEnds {
		owed := lync.ContainsHost(m.FailBack, fe.FQDN)
		if fe.FailBack && (same && owed && unknown || (!same || owed) && PoolState(t, fe.FQDN) == lync.PoolFailedOver) {
			next.FailBack = append(next.FailBack, fe.FQDN)
		}
	}
	return next, !same
}

// Ahead reports whether the move has led no site to the Edge pool yet: federation is still
// wholly on the pool that it leaves. A site that somebody leads elsewhere later is drift. The
// routes of t's sites must be known.
func (m Move) Ahead(d Desired, t lync.Topology) bool {
	return m.From != "" && !m.Answered && lync.SameHost(hostOfAll(d, t), m.From)
}

// hostOfAll is the one Edge pool that hosts all protocols on all managed sites, unless that
// is the route's own; "" for none.
func hostOfAll(d Desired, t lync.Topology) string {
	pool := ""
	for i, p := range d.Protocols {
		active := ActivePool(t, p)
		if i > 0 && !lync.SameHost(active, pool) {
			return ""
		}
		pool = active
	}
	if lync.SameHost(pool, d.Pool.FQDN) {
		return ""
	}
	return pool
}

// moving reports whether a managed site's route names another Edge pool or none.
func moving(d Desired, t lync.Topology) bool {
	return slices.ContainsFunc(d.Protocols, func(p DesiredProtocol) bool { return !lync.SameHost(ActivePool(t, p), d.Pool.FQDN) })
}

// PoolState is the state of a Front End pool; PoolStateNone where the topology has no such
// pool, or does not know its state.
func PoolState(t lync.Topology, pool string) lync.PoolState {
	if t.Unread(lync.PartServices, lync.PartPoolStates) != nil {
		return lync.PoolStateNone
	}
	found, ok := t.FrontEndPool(pool)
	if !ok {
		return lync.PoolStateNone
	}
	return found.State
}

// RequestLimit bounds a person's request in bytes: a time, a space, a host name.
const RequestLimit = 300

// ParseRequest reads a person's request to fail a pool back, "<RFC 3339 time> <pool>", and
// gives the pool's name as the route lists it. handled is the request that was handled
// last, empty for none. The time tells requests apart. A request from before the route was
// created is refused: it is an old one that came back with the object. So is a request
// from before the handled one: it came back with a manifest. No request is carried out
// before its time. Faults: Invalid, and Busy while the time has not come.
func ParseRequest(text string, listed []FrontEnd, created time.Time, handled string, now time.Time) (string, error) {
	refuse := func(kind fault.Kind, cause, next string) (string, error) {
		return "", fault.New(kind, "read the request to fail back", "a Front End pool", cause).With("no pool is failed back by it", next)
	}
	const form = "write failback.fedroute.io/requestedAt as <time> <pool>, like 2026-03-14T22:00:00Z fe1.contoso.com"
	if len(text) > RequestLimit {
		return refuse(fault.Invalid, fmt.Sprintf("the annotation has %d characters, at most %d make sense", len(text), RequestLimit), form)
	}
	stamp, pool, two := strings.Cut(text, " ")
	at, err := time.Parse(time.RFC3339, stamp)
	if !two || err != nil {
		return refuse(fault.Invalid, fmt.Sprintf("%q is no time and pool", text), form)
	}
	i := slices.IndexFunc(listed, func(fe FrontEnd) bool { return lync.SameHost(fe.FQDN, pool) })
	switch {
	case i < 0:
		return refuse(fault.Invalid, fmt.Sprintf("spec.frontEndPools does not list %q", pool), "list the pool, or correct its name in the annotation")
	case at.Before(created.Truncate(time.Second)):
		return refuse(fault.Invalid, fmt.Sprintf("it was asked at %s, before this route was created", stamp), "ask again with the present time, or remove the annotation")
	case at.Before(timeOf(handled)):
		return refuse(fault.Invalid, fmt.Sprintf("it was asked at %s, before the one that was handled last", stamp), "ask again with the present time, or remove the annotation")
	case at.After(now):
		return refuse(fault.Busy, fmt.Sprintf("%s is asked for and has not come", stamp), "wait until then, or ask with the present time")
	}
	return listed[i].FQDN, nil
}

// timeOf is the time in a request; the zero time for an empty request.
func timeOf(request string) time.Time {
	stamp, _, _ := strings.Cut(request, " ")
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return time.Time{}
	}
	return at
}

// FailBackTargets are the ports that are asked before Front End pools are failed back.
func (d Desired) FailBackTargets() []probe.Target {
	var out []probe.Target
	for _, fe := range d.FrontEnds {
		for _, m := range fe.Machines {
			if d.failsBack(fe.FQDN) {
				out = append(out, m.Port)
			}
		}
	}
	return out
}

func (d Desired) failsBack(pool string) bool {
	return lync.ContainsHost(d.FailBack, pool)
}

// FrontEndsDown lists the machines that do not count as up, each with the reason: no replica
// is known, or nothing speaks TLS on port 5061. A machine whose state is unknown counts as
// down. Users who are moved back to a dead pool cannot reach anybody.
func FrontEndsDown(machines []FrontEndMachine, t lync.Topology, read func(probe.Target) probe.Reading) []string {
	var out []string
	if len(machines) == 0 {
		out = append(out, "unknown (the topology names none)")
	}
	for _, m := range machines {
		_, known := t.Replicas[lync.HostOf(m.FQDN)]
		reading := read(m.Port)
		switch {
		case !known:
			out = append(out, m.FQDN+" (no replica is known)")
		case !reading.Spoke:
			out = append(out, fmt.Sprintf("%s (port 5061: %s)", m.FQDN, reading.Detail))
		}
	}
	return out
}

// FrontEndsBehind lists the machines whose replica is not up to date. Each change of the
// configuration leaves them behind for a while, also the links that a move sets right before
// it fails the pool back. So they are waited for, and do not count as down.
func FrontEndsBehind(machines []FrontEndMachine, t lync.Topology) []string {
	var out []string
	for _, m := range machines {
		if !t.Replicas[lync.HostOf(m.FQDN)].UpToDate {
			out = append(out, m.FQDN+" (its replica is not up to date)")
		}
	}
	return out
}

// Down says that a pool is not failed back because machines of it are down.
func Down(pool string, machines []string) error {
	return fault.New(fault.Unreachable, "fail back Front End pool", pool, "of its machines these are down: "+strings.Join(machines, ", ")).
		With("it stays failed over, and nothing else waits for it",
			"bring them up; to leave the pool failed over, set its failBack to false and remove the annotation failback.fedroute.io/requestedAt")
}

// undecided says what of a pool's failback nobody knows, because a part of the topology could
// not be read.
func undecided(pool, cause string, err error) error {
	f := fault.Of(err, "", "")
	out := *f
	out.Op, out.Target, out.Cause, out.Err = "fail back Front End pool", pool, cause+" ("+f.Error()+")", err
	return out.With("it is left as it is, and nothing else waits for it", f.Next)
}

// failBack plans the failback of a pool that is to be failed back, or says why the
// failback waits. It leaves any other pool that is failed over alone and only reports it.
func (c comparison) failBack(fe FrontEndPool) Plan {
	waits := func(err error, lacks lync.TopologyPart) Plan {
		return Plan{Waits: []Obstacle{{Aspect: AspectFrontEnds, Holds: []Resource{frontEnd(fe.FQDN)}, Lacks: lacks, Err: err}}}
	}
	if err := c.o.Topology.Unread(lync.PartServices, lync.PartPoolStates); err != nil && (fe.FailBack || c.d.failsBack(fe.FQDN)) {
		return waits(undecided(fe.FQDN, "whether it is failed over is unknown", err), lync.PartPoolStates)
	}
	if PoolState(c.o.Topology, fe.FQDN) != lync.PoolFailedOver {
		return Plan{}
	}
	if !c.d.failsBack(fe.FQDN) {
		return Plan{LeftFailedOver: []string{fe.FQDN}}
	}
	if err := KindFailBackFrontEnd.Unread(c.o.Topology); err != nil {
		return waits(undecided(fe.FQDN, "whether it may be failed back is unknown", err), "")
	}
	down := FrontEndsDown(fe.Machines, c.o.Topology, func(t probe.Target) probe.Reading {
		reading, asked := c.o.Ports[t]
		if !asked {
			reading.Detail = "not asked yet"
		}
		return reading
	})
	if len(down) > 0 {
		return waits(Down(fe.FQDN, down), "")
	}
	return Plan{Steps: []Step{{Target: fe.FQDN, From: string(lync.PoolFailedOver), To: string(lync.PoolActive), Act: FailBackFrontEnd{Pool: fe.FQDN, Machines: fe.Machines}}}}
}
