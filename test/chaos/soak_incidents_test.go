package chaos_test

import (
	"time"

	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/test/support/memnet"
)

// incident is a kind of bad day of an organization. It begins at some time of the day, and
// what was broken is mended by people after it has lasted.
type incident struct {
	name  string
	begin func(*tenant) (mend func())
}

// incidents are all kinds. Every organization has one of them each day.
var incidents = []incident{
	{"a pool dies", func(t *tenant) func() {
		home := t.state.pool
		t.must(t.org.Farm().Kill(nora, home))
		t.orders(t.other())
		return func() {
			t.must(t.org.Farm().Return(nora, home, farm.ServicesStart))
			t.later(30*time.Minute, func() { t.orders(home) })
		}
	}},
	{"a person changes the SIP route", func(t *tenant) func() {
		t.must(t.org.Farm().SetSiteRoute(nora, t.cast.sites[0], farm.SIP, t.other()))
		return func() {}
	}},
	{"a person edits records", func(t *tenant) func() {
		t.must(t.org.Zones().Set("nora", "fed."+t.cast.sip[0], "A", 60, "127.0.0.99"))
		return func() {}
	}},
	{"the DNS server does not answer", func(t *tenant) func() {
		f := dns.Fault(t.dice.of(string(dns.Silent), string(dns.Broken), string(dns.RefuseUpdates), string(dns.LoseReplies)))
		t.org.NameServers()[0].Fail(f)
		home := t.state.pool
		t.orders(t.other())
		return func() {
			t.org.NameServers()[0].Fail(dns.Healthy)
			t.later(time.Hour, func() { t.orders(home) })
		}
	}},
	{"a server's network is cut", func(t *tenant) func() {
		machine := anyMachine(t.dice, t.cast)
		t.disturb(machine, memnet.Swallowed)
		return func() {
			t.disturb(machine, memnet.Well)
			t.cut(machine)
		}
	}},
	{"a machine is cut off", func(t *tenant) func() {
		machine := anyMachine(t.dice, t.cast)
		t.must(t.org.Farm().Disconnect(nora, machine))
		return func() { t.must(t.org.Farm().Return(nora, machine, farm.ServicesStart)) }
	}},
	{"credentials change", func(t *tenant) func() { return t.password(t.dice.IntN(2) == 0) }},
	{"a certificate is replaced", func(t *tenant) func() {
		t.must(t.org.Farm().AssignCertificate(nora, t.dice.of(t.cast.edges...), farm.NewCertificate{Life: 365 * 24 * time.Hour}))
		return func() {}
	}},
	{"processes and shells die", func(t *tenant) func() {
		machine := anyMachine(t.dice, t.cast)
		t.org.WinRM(machine).KillProcesses(1)
		return func() { t.org.WinRM(machine).DeleteShells() }
	}},
	{"the connections are cut", func(t *tenant) func() {
		t.cut(anyMachine(t.dice, t.cast))
		return func() { t.cut("the DNS server") }
	}},
}

const (
	// The first incident of a day begins after morning, the last is mended before evening.
	morning, evening = 2 * time.Hour, 18 * time.Hour
	// drill is when each organization moves federation to its other pool, every day. So the
	// last thing that happened is the same on all days.
	drill = 22*time.Hour + 20*time.Minute
	// counting is when it is counted what there is.
	counting = 23 * time.Hour
)

// day lets the next day pass, up to the time of counting, and gives the number of incidents.
func (s *soaked) day(number int) (n int) {
	day := began.Add(time.Duration(number-1) * 24 * time.Hour)
	for _, t := range s.tenants {
		kind := incidents[t.dice.IntN(len(incidents))]
		at := t.dice.between(morning, evening-4*time.Hour)
		lasts := t.dice.between(20*time.Minute, 4*time.Hour)
		s.due = append(s.due, deed{day.Add(at), func() {
			mend := kind.begin(t)
			t.later(lasts, mend)
		}}, deed{day.Add(drill + time.Duration(t.number)*time.Second), func() { t.orders(t.other()) }})
		n++
	}
	if number%4 == 0 {
		s.due = append(s.due, deed{day.Add(20 * time.Hour), s.redeploy})
	}
	s.until(day.Add(counting))
	return n
}

// until lets time pass and does what falls due, for all organizations.
func (s *soaked) until(end time.Time) {
	for {
		from, i := s.world, next(s.world.due)
		for _, t := range s.tenants {
			if k := next(t.due); k >= 0 && (i < 0 || t.due[k].at.Before(from.due[i].at)) {
				from, i = t.world, k
			}
		}
		if i < 0 || from.due[i].at.After(end) {
			time.Sleep(time.Until(end))
			return
		}
		d := from.due[i]
		from.due = append(from.due[:i], from.due[i+1:]...)
		time.Sleep(time.Until(d.at))
		d.do()
	}
}

// next is the index of what falls due first, -1 where nothing does.
func next(due []deed) int {
	first := -1
	for i, d := range due {
		if first < 0 || d.at.Before(due[first].at) {
			first = i
		}
	}
	return first
}
