package plan

import (
	"cmp"
	"slices"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// A machine is left out when two looks this far apart found it absent, and taken in again
// when it has answered for this long.
const (
	absentFor  = time.Minute
	presentFor = 10 * time.Minute
)

// MinAvailable is how many machines of an Edge pool have to take part at least, as a number
// or per cent of the pool. Zero: all of them.
type MinAvailable struct{ Machines, Percent int }

// of is how many machines that are of so many. A part of a machine counts as one.
func (m MinAvailable) of(total int) int {
	switch {
	case m.Machines > 0:
		return min(m.Machines, total)
	case m.Percent > 0:
		return min((total*m.Percent+99)/100, total)
	}
	return total
}

// Absence is what is remembered of a machine that does not answer, or that is left out.
type Absence struct {
	// Since is when a look first found the machine absent, without an answer since then.
	Since time.Time
	// Left is when the machine was left out; zero while it is not.
	Left time.Time
	// Answers is since when a machine that was left out answers again; zero while it does not.
	Answers time.Time
}

// out reports whether the machine is left out at the time.
func (a Absence) out(now time.Time) bool { return !a.Left.IsZero() && !a.returns(now) }

// returns reports whether the machine has answered for long enough to be taken in again.
func (a Absence) returns(now time.Time) bool {
	return !a.Left.IsZero() && !a.Answers.IsZero() && now.Sub(a.Answers) >= presentFor
}

// Next is when the next look says something new of the machine; zero for none.
func (a Absence) Next() time.Time {
	switch {
	case a.Left.IsZero():
		return a.Since.Add(absentFor)
	case a.Answers.IsZero():
		return time.Time{}
	}
	return a.Answers.Add(presentFor)
}

// Attendance is one look at the machines, with what is needed to judge it.
type Attendance struct {
	At    time.Time // when the look began
	Pools []lync.EdgePool
	Read  map[lync.Host]lync.Part[lync.EdgeServerState]
	// Hosts is the pool of which machines may be left out; Min says how many of it may not.
	Hosts string
	Min   MinAvailable
	// Serves reports whether a federation port of the machine answers. A machine that cannot
	// be read and serves partners is not absent.
	Serves func(lync.EdgeServer) bool
	// OutOfService are the machines that a person left out, for good.
	OutOfService map[lync.Host]bool
	// SetUp is when setup last ended on a machine.
	SetUp map[lync.Host]time.Time
}

// Absent gives what is to be remembered after a look. Only a look in which another machine
// of the pool answered says something of one that did not: else the fault may be on the way.
// Never more machines are left out than Min allows; those that were left out first stay so.
func (a Attendance) Absent(before map[lync.Host]Absence) map[lync.Host]Absence {
	out := map[lync.Host]Absence{}
	for _, pool := range a.Pools {
		servers := slices.DeleteFunc(slices.Clone(pool.Servers), func(s lync.EdgeServer) bool { return a.OutOfService[lync.HostOf(s.FQDN)] })
		hosts := lync.SameHost(pool.FQDN, a.Hosts)
		var absent []lync.Host
		for _, s := range servers {
			name := lync.HostOf(s.FQDN)
			was, known := before[name]
			if !hosts {
				was.Left, was.Answers = time.Time{}, time.Time{}
			}
			now, stays := a.judge(s, servers, was, known)
			if !stays {
				continue
			}
			out[name] = now
			if !now.Left.IsZero() || a.silent(s, servers) && a.At.Sub(now.Since) >= absentFor {
				absent = append(absent, name)
			}
		}
		if hosts {
			a.leaveOut(absent, max(0, len(servers)-a.Min.of(len(pool.Servers))), out)
		}
	}
	return out
}

// judge says what a look makes of a machine; false where nothing is to be remembered.
func (a Attendance) judge(s lync.EdgeServer, pool []lync.EdgeServer, was Absence, known bool) (Absence, bool) {
	name := lync.HostOf(s.FQDN)
	at := a.At.Add(time.Second - 1).Truncate(time.Second) // status keeps seconds, and no look counts for longer than it was
	switch {
	case a.answers(s) && was.Left.IsZero():
		return Absence{}, false
	case a.answers(s):
		was.Answers = orTime(was.Answers, at)
		return was, !was.returns(a.At) || a.SetUp[name].Before(was.Answers)
	case !fault.Is(a.Read[name].Err, fault.Unreachable) || was.Left.IsZero() && a.Serves(s):
		return was, !was.Left.IsZero() // it is there, though it does not let itself be read
	case !was.Answers.IsZero():
		was.Since, was.Answers = at, time.Time{}
		return was, true
	case was.Since.IsZero() && a.silent(s, pool):
		return Absence{Since: at}, true
	}
	return was, known
}

// silent reports whether the look shows that the machine is absent: it did not answer, and
// another one of its pool did.
func (a Attendance) silent(s lync.EdgeServer, pool []lync.EdgeServer) bool {
	return fault.Is(a.Read[lync.HostOf(s.FQDN)].Err, fault.Unreachable) && slices.ContainsFunc(pool, a.answers)
}

func (a Attendance) answers(s lync.EdgeServer) bool {
	part, read := a.Read[lync.HostOf(s.FQDN)]
	return read && part.Known()
}

// leaveOut decides which absent machines are left out: as many as may be.
func (a Attendance) leaveOut(absent []lync.Host, may int, out map[lync.Host]Absence) {
	never := a.At.Add(time.Hour) // those that are not left out yet come last
	slices.SortStableFunc(absent, func(x, y lync.Host) int {
		return cmp.Or(orTime(out[x].Left, never).Compare(orTime(out[y].Left, never)), out[x].Since.Compare(out[y].Since), cmp.Compare(x, y))
	})
	for _, name := range absent {
		now := out[name]
		switch {
		case now.returns(a.At): // it takes part again
		case may > 0:
			may--
			now.Left = orTime(now.Left, a.At.Truncate(time.Second))
			out[name] = now
		case !now.Left.IsZero() && !now.Answers.IsZero():
			delete(out, name) // it answers, and is needed
		default:
			now.Left = time.Time{}
			out[name] = now
		}
	}
}

// orTime is the time; where it is zero, the other.
func orTime(t, other time.Time) time.Time {
	if t.IsZero() {
		return other
	}
	return t
}

// Out lists the machines of absences that are left out, and Returning those that are taken
// in again and have to be set up first.
func Out(all map[lync.Host]Absence, at time.Time) (out, returning map[lync.Host]bool) {
	out, returning = map[lync.Host]bool{}, map[lync.Host]bool{}
	for name, a := range all {
		switch {
		case a.out(at):
			out[name] = true
		case a.returns(at):
			returning[name] = true
		}
	}
	return out, returning
}

// Without is the Desired without machines that are left out. Their addresses stay those of
// their pool.
func (d Desired) Without(out map[lync.Host]bool, in Intent, t lync.Topology) (Desired, error) {
	if len(out) == 0 { // mostly; then nothing is to be worked out again
		return d, nil
	}
	d.Pool.Servers = slices.DeleteFunc(slices.Clone(d.Pool.Servers), func(s lync.EdgeServer) bool { return out[lync.HostOf(s.FQDN)] })
	d.Targets = nil
	for _, p := range in.Protocols {
		d.Targets = append(d.Targets, targets(p, d.Pool, in.PortsConnect)...)
	}
	var err error
	d.Records, err = records(in, d.Pool, t)
	return d, err
}
