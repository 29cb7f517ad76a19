package plan_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// pool3 is a pool of the machines a, b and c.
var pool3 = lync.EdgePool{FQDN: "edge1.contoso.com", Servers: []lync.EdgeServer{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "c"}}}

// attendance is a look so long after noon in which these machines did not answer. Two of three
// machines have to take part.
func attendance(after time.Duration, silent ...string) plan.Attendance {
	a := plan.Attendance{At: noon.Add(after), Pools: []lync.EdgePool{pool3}, Hosts: pool3.FQDN, Min: plan.MinAvailable{Machines: 2},
		Read: map[lync.Host]lync.Part[lync.EdgeServerState]{}, Serves: func(lync.EdgeServer) bool { return false }}
	for _, s := range pool3.Servers {
		a.Read[lync.HostOf(s.FQDN)] = lync.Part[lync.EdgeServerState]{}
	}
	for _, name := range silent {
		a.Read[lync.HostOf(name)] = lync.Part[lync.EdgeServerState]{Err: fault.New(fault.Unreachable, "read Edge server", name, "no answer in time")}
	}
	return a
}

// at gives a time after noon; zero for a negative one.
func at(after time.Duration) time.Time {
	if after < 0 {
		return time.Time{}
	}
	return noon.Add(after)
}

func absence(since, left, answers time.Duration) plan.Absence {
	return plan.Absence{Since: at(since), Left: at(left), Answers: at(answers)}
}

// TestAbsent judges one look at the machine c.
func TestAbsent(t *testing.T) {
	const never, minute = time.Duration(-1), time.Minute
	type absences = map[lync.Host]plan.Absence
	cases := map[string]struct {
		reason string
		before absences
		look   plan.Attendance
		change func(*plan.Attendance)
		want   absences
	}{
		"all answer":           {"nothing is to be remembered", nil, attendance(0), nil, absences{}},
		"silent once":          {"one look may have met a restart", nil, attendance(0, "c"), nil, absences{"c": absence(0, never, never)}},
		"silent again at once": {"looks less than a minute apart count as one", absences{"c": absence(0, never, never)}, attendance(minute-time.Second, "c"), nil, absences{"c": absence(0, never, never)}},
		"silent for a minute":  {"it is left out", absences{"c": absence(0, never, never)}, attendance(minute, "c"), nil, absences{"c": absence(0, minute, never)}},
		"it answered between":  {"it is as if it had never been silent", absences{"c": absence(0, never, never)}, attendance(minute), nil, absences{}},
		"nobody answers":       {"the fault may be on the way, so this look says nothing", absences{"c": absence(0, never, never)}, attendance(minute, "a", "b", "c"), nil, absences{"c": absence(0, never, never)}},
		"nobody ever answered": {"no look has said anything", nil, attendance(minute, "a", "b", "c"), nil, absences{}},
		"not refused": {"a machine that refuses the password is there", absences{"c": absence(0, never, never)}, attendance(minute, "c"), func(a *plan.Attendance) {
			a.Read["c"] = lync.Part[lync.EdgeServerState]{Err: fault.New(fault.Denied, "read Edge server", "c", "wrong password")}
		}, absences{}},
		"it serves partners": {"a machine that cannot be read and whose port answers is not taken from partners", absences{"c": absence(0, never, never)}, attendance(minute, "c"), func(a *plan.Attendance) {
			a.Serves = func(lync.EdgeServer) bool { return true }
		}, absences{}},
		"all have to take part": {"the spec allows nobody to be left out, and status says since when it is silent", absences{"c": absence(0, never, never)}, attendance(minute, "c"), func(a *plan.Attendance) { a.Min = plan.MinAvailable{} }, absences{"c": absence(0, never, never)}},
		"two are silent":        {"only one may be left out; it is the one that was silent first", absences{"c": absence(0, never, never), "b": absence(1, never, never)}, attendance(2*minute, "b", "c"), nil, absences{"c": absence(0, 2*minute, never), "b": absence(1, never, never)}},
		"another one dies":      {"who is left out stays so", absences{"c": absence(minute, 2*minute, never), "b": absence(0, never, never)}, attendance(3*minute, "b", "c"), nil, absences{"c": absence(minute, 2*minute, never), "b": absence(0, never, never)}},
		"60 per cent of three":  {"a part of a machine counts as one", absences{"c": absence(0, never, never), "b": absence(0, never, never)}, attendance(minute, "b", "c"), func(a *plan.Attendance) { a.Min = plan.MinAvailable{Percent: 60} }, absences{"b": absence(0, minute, never), "c": absence(0, never, never)}},
		"one is out of service": {"a person took the one that may be away", absences{"c": absence(0, never, never)}, attendance(minute, "c"), func(a *plan.Attendance) { a.OutOfService = map[lync.Host]bool{"a": true} }, absences{"c": absence(0, never, never)}},
		"of another pool":       {"it is remembered for the day of a failover, and nothing is left out of a pool that hosts nothing", absences{"c": absence(0, minute, never)}, attendance(2*minute, "c"), func(a *plan.Attendance) { a.Hosts = "edge2.contoso.com" }, absences{"c": absence(0, never, never)}},
		"it comes back":         {"its ten minutes begin", absences{"c": absence(0, minute, never)}, attendance(5 * minute), nil, absences{"c": absence(0, minute, 5*minute)}},
		"it falls silent again": {"its ten minutes begin anew", absences{"c": absence(0, minute, 5*minute)}, attendance(6*minute, "c"), nil, absences{"c": absence(6*minute, minute, never)}},
		"ten minutes are over": {"it is taken in, and remembered until setup has run there", absences{"c": absence(0, minute, 5*minute)}, attendance(15 * minute), func(a *plan.Attendance) {
			a.SetUp = map[lync.Host]time.Time{"c": at(0)}
		}, absences{"c": absence(0, minute, 5*minute)}},
		"it was set up": {"it takes part as before, from the tenth minute on", absences{"c": absence(0, minute, 5*minute)}, attendance(15 * minute), func(a *plan.Attendance) {
			a.SetUp = map[lync.Host]time.Time{"c": at(15 * minute)}
		}, absences{}},
		"the spec wants it now":                   {"it answers, and fewer may be away than before", absences{"c": absence(0, minute, 5*minute)}, attendance(6 * minute), func(a *plan.Attendance) { a.Min = plan.MinAvailable{} }, absences{}},
		"the spec wants it now, and it is silent": {"it counts again, and holds what needs it", absences{"c": absence(0, minute, never)}, attendance(6*minute, "c"), func(a *plan.Attendance) { a.Min = plan.MinAvailable{} }, absences{"c": absence(0, never, never)}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if c.change != nil {
				c.change(&c.look)
			}
			if diff := cmp.Diff(c.want, c.look.Absent(c.before)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestNeverMoreMachinesAreLeftOutThanAllowed lets machines of random pools die and come back over
// many looks, while the spec changes how many have to take part. After every look at most the
// allowed number is left out, one machine that answers takes part if any does, and whoever was left
// out had been silent for a minute.
func TestNeverMoreMachinesAreLeftOutThanAllowed(t *testing.T) {
	most := 0
	for seed := range uint64(300) {
		dice := rand.New(rand.NewPCG(seed, 5))
		pool := lync.EdgePool{FQDN: "edge1.contoso.com"}
		for i := range 1 + dice.IntN(6) {
			pool.Servers = append(pool.Servers, lync.EdgeServer{FQDN: fmt.Sprint("edge", i)})
		}
		a := plan.Attendance{At: noon, Pools: []lync.EdgePool{pool}, Hosts: pool.FQDN, OutOfService: map[lync.Host]bool{}, Read: map[lync.Host]lync.Part[lync.EdgeServerState]{},
			SetUp: map[lync.Host]time.Time{}, Serves: func(lync.EdgeServer) bool { return false }}
		answered := map[lync.Host]time.Time{}
		before := map[lync.Host]plan.Absence{}
		for range 120 {
			a.At = a.At.Add(time.Duration(1+dice.IntN(90)) * time.Second)
			required := 1 + dice.IntN(len(pool.Servers))
			if dice.IntN(20) == 0 {
				a.Min = plan.MinAvailable{Machines: required}
			} else if dice.IntN(40) == 0 {
				a.Min = plan.MinAvailable{Percent: 1 + dice.IntN(100)}
			}
			for _, s := range pool.Servers {
				name := lync.HostOf(s.FQDN)
				switch dice.IntN(12) {
				case 0:
					a.Read[name] = lync.Part[lync.EdgeServerState]{Err: fault.New(fault.Unreachable, "read", s.FQDN, "dead")}
				case 1:
					a.Read[name] = lync.Part[lync.EdgeServerState]{}
				case 2:
					a.SetUp[name] = a.At
				}
				if part, read := a.Read[name]; read && part.Known() {
					answered[name] = a.At
				}
			}
			now := a.Absent(before)
			out, _ := plan.Out(now, a.At)
			if allowed := len(pool.Servers) - requiredOf(a.Min, len(pool.Servers)); len(out) > allowed {
				t.Fatalf("seed %d: %v are left out of %d machines, %d may be", seed, out, len(pool.Servers), allowed)
			}
			most = max(most, len(out))
			was, _ := plan.Out(before, a.At)
			for name := range out {
				if !was[name] && a.At.Sub(answered[name]) < time.Minute && before[name].Answers.IsZero() {
					t.Fatalf("seed %d: %s is left out %s after it answered", seed, name, a.At.Sub(answered[name]))
				}
			}
			takesPart := slices.ContainsFunc(pool.Servers, func(s lync.EdgeServer) bool { return !out[lync.HostOf(s.FQDN)] })
			if !takesPart {
				t.Fatalf("seed %d: nobody takes part", seed)
			}
			before = now
		}
	}
	if most < 3 {
		t.Errorf("at most %d machines were left out; the search is broken", most)
	}
}

// requiredOf is how many of so many machines have to take part.
func requiredOf(m plan.MinAvailable, total int) int {
	n := total
	switch {
	case m.Machines > 0:
		n = m.Machines
	case m.Percent > 0:
		for n = 0; n*100 < total*m.Percent; n++ {
		}
	}
	return min(n, total)
}
