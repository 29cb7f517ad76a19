package scenario_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// atLeast makes a route of whose pool so many machines have to take part.
func atLeast(machines intstr.IntOrString) func(*v1alpha1.FederationRoute) {
	return func(r *v1alpha1.FederationRoute) { r.Spec.MinAvailable = &machines }
}

// absent gives what status remembers of a machine; false for nothing.
func absent(r *v1alpha1.FederationRoute, server string) (v1alpha1.AbsentServer, bool) {
	i := slices.IndexFunc(r.Status.Absent, func(a v1alpha1.AbsentServer) bool { return a.Server == server })
	if i < 0 {
		return v1alpha1.AbsentServer{}, false
	}
	return r.Status.Absent[i], true
}

// publishes checks that partners are led to these machines and no others.
func (s *story) publishes(machines ...string) {
	s.Helper()
	var want []string
	for _, name := range machines {
		want = append(want, s.machine(name).PublicAddress.String())
	}
	if got := s.published("fed.contoso.com", "A"); !sameSet(got, want) {
		s.Errorf("partners are led to %v, want %v of %v", got, want, machines)
	}
}

// leavesOut waits until the route does without the machine and nothing else differs.
func (s *story) leavesOut(r *v1alpha1.FederationRoute, machine string) {
	s.Helper()
	s.until(r, machine+" being left out", func(r *v1alpha1.FederationRoute) bool {
		a, is := absent(r, machine)
		c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionDegraded)
		return is && a.LeftOut != nil && ready(r) && c != nil && containsAll(c.Message, []string{machine + " is left out of setup, ports and DNS since"})
	})
}

// TestOneOfThreeMachinesIsDead: two of three machines have to take part. A machine of the pool that
// hosts federation dies. One look says little, and a minute later the next one finds it dead, too:
// its address is taken out of DNS. A second machine dies, and stays: no more may be left out.
func TestOneOfThreeMachinesIsDead(t *testing.T) {
	s := lonely(t, poolsOfThree(t))
	fire := s.hireHere()
	r := s.route("edge1.contoso.com", atLeast(intstr.FromInt32(2)))
	s.settled(r)
	all := []string{"edge1a.contoso.com", "edge1b.contoso.com", "edge1c.contoso.com"}
	s.must(s.org.Farm().Kill(nora, "edge1c.contoso.com"))
	s.until(r, "the machine being noticed", func(r *v1alpha1.FederationRoute) bool { _, is := absent(r, "edge1c.contoso.com"); return is })
	if a, _ := absent(r, "edge1c.contoso.com"); a.LeftOut != nil {
		t.Errorf("one look left it out: %+v", a)
	}
	s.publishes(all...)
	fire() // what the next manager knows of the first look lies in status
	fire = s.hireHereAt(ahead{by: time.Minute + time.Second})
	s.leavesOut(r, "edge1c.contoso.com")
	s.publishes(all[:2]...)
	s.hears(r, v1alpha1.ReasonMachineLeftOut, "edge1c.contoso.com")
	if len(r.Status.Drift) > 0 {
		t.Errorf("nobody changed a record, and drift says %+v", r.Status.Drift)
	}

	s.must(s.org.Farm().Kill(nora, "edge1b.contoso.com"))
	s.until(r, "the second machine being noticed", func(r *v1alpha1.FederationRoute) bool { _, is := absent(r, "edge1b.contoso.com"); return is })
	fire()
	fire = s.hireHereAt(ahead{by: 5 * time.Minute})
	defer func() { fire() }()
	s.lookedAt(2)
	s.says(r, v1alpha1.ReasonPortsClosed, "edge1b.contoso.com")
	if a, _ := absent(r, "edge1b.contoso.com"); a.LeftOut != nil {
		t.Errorf("more machines are left out than the spec allows: %+v", r.Status.Absent)
	}
	s.publishes(all[:2]...)
}

// TestPoolWithADeadMachineTakesOver: a machine of the standby pool has been dead for a while when
// federation is moved there. Nobody has to take it out of service first.
func TestPoolWithADeadMachineTakesOver(t *testing.T) {
	s := lonely(t, poolsOfThree(t))
	fire := s.hireHere()
	r := s.route("edge1.contoso.com", atLeast(intstr.FromString("60%")))
	s.settled(r)
	s.must(s.org.Farm().Kill(nora, "edge2a.contoso.com"))
	s.until(r, "the machine being noticed", func(r *v1alpha1.FederationRoute) bool { _, is := absent(r, "edge2a.contoso.com"); return is })
	fire()
	fire = s.hireHereAt(ahead{by: time.Hour})
	defer func() { fire() }()
	s.moveTo(r, "edge2.contoso.com")
	s.leavesOut(r, "edge2a.contoso.com")
	s.routed("SIP", "edge2.contoso.com")
	s.publishes("edge2b.contoso.com", "edge2c.contoso.com")
}

// TestMachineComesBack: a machine that was left out is repaired. When it has answered for ten
// minutes it is set up, and then partners are led to it again.
func TestMachineComesBack(t *testing.T) {
	s := lonely(t, poolsOfThree(t))
	fire := s.hireHere()
	r := s.route("edge1.contoso.com", atLeast(intstr.FromInt32(2)))
	s.settled(r)
	const back = "edge1c.contoso.com"
	s.must(s.org.Farm().Kill(nora, back))
	s.until(r, "the machine being noticed", func(r *v1alpha1.FederationRoute) bool { _, is := absent(r, back); return is })
	fire()
	fire = s.hireHereAt(ahead{by: 2 * time.Minute})
	s.leavesOut(r, back)

	s.must(s.org.Farm().Return(nora, back, farm.ServicesStart))
	s.until(r, "the machine answering", func(r *v1alpha1.FederationRoute) bool {
		a, is := absent(r, back)
		c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionDegraded)
		return is && a.Answers != nil && c != nil && containsAll(c.Message, []string{"it answers since", "is taken in again at", "set up first"})
	})
	s.lookedAt(2)
	s.publishes("edge1a.contoso.com", "edge1b.contoso.com")
	before := s.acts("Bootstrapper.exe", "Setup:"+back) + s.acts("Enable-CsComputer", "Setup:"+back)
	setups := func() int {
		return s.acts("Bootstrapper.exe", "Setup:"+back) + s.acts("Enable-CsComputer", "Setup:"+back) - before
	}
	early := 0
	s.org.Zones().Observe(func(e dns.Entry) {
		if strings.Contains(strings.Join(e.Changes, " "), s.machine(back).PublicAddress.String()) && setups() == 0 {
			early++
		}
	})
	defer func() { fire() }()
	takesPart := func(r *v1alpha1.FederationRoute) bool {
		_, is := absent(r, back)
		return !is && ready(r) && !meta.IsStatusConditionTrue(r.Status.Conditions, v1alpha1.ConditionDegraded)
	}
	// On a busy computer a look may find the machine silent once more, and its ten minutes begin anew.
	for later := 13 * time.Minute; !takesPart(r); later += 11 * time.Minute {
		since, _ := absent(r, back)
		fire()
		fire = s.hireHereAt(ahead{by: later})
		s.until(r, "the machine taking part again", func(r *v1alpha1.FederationRoute) bool {
			now, is := absent(r, back)
			return takesPart(r) || is && now.Answers != nil && since.Answers != nil && now.Answers.After(since.Answers.Time)
		})
	}
	s.hosts("edge1.contoso.com")
	if n := setups(); n != 1 || early > 0 {
		t.Errorf("setup ran %d times on the machine, and partners were led there %d times before it\n%s", n, early, s.journal())
	}
	s.hears(r, "MachineTakenIn", back)
}
