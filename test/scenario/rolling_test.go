package scenario_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// poolsOfThree is the organization with two Edge pools, each of three machines: edge1a, edge1b
// and edge1c are those of edge1.
func poolsOfThree(t *testing.T) farm.Spec {
	t.Helper()
	spec := sampleFarm(t, "one-site-two-pools")
	for i := range spec.Sites[0].EdgePools {
		p := &spec.Sites[0].EdgePools[i]
		name, domain, _ := strings.Cut(p.FQDN, ".")
		p.Servers = nil
		for _, machine := range []string{"a", "b", "c"} {
			p.Servers = append(p.Servers, farm.MachineSpec{FQDN: name + machine + "." + domain})
		}
	}
	return spec
}

// idle watches a pool at every event of the organization. It gives how many of its machines were
// out of service at the same time at most since then; a machine without power does not count.
func (s *story) idle(pool string) (atMost func() int) {
	var mu sync.Mutex
	most := 0
	s.org.Farm().Observe(func() {
		idle := 0
		for _, m := range s.org.Farm().Machines() {
			if m.Pool == pool && m.Powered && slices.ContainsFunc(m.Services, func(v farm.Service) bool { return v.Status != farm.Running && v.Name != farm.ServiceXMPPProxy }) {
				idle++
			}
		}
		mu.Lock()
		defer mu.Unlock()
		most = max(most, idle)
	})
	return func() int {
		mu.Lock()
		defer mu.Unlock()
		return most
	}
}

// addressesOverTime watches the address set of a host. It gives every set that was published
// since then, in their order.
func (s *story) addressesOverTime(host string) (seen func() [][]string) {
	var mu sync.Mutex
	var all [][]string
	s.org.Zones().Observe(func(e dns.Entry) {
		if !strings.Contains(strings.Join(e.Changes, " "), host+" ") {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, s.published(host, "A"))
	})
	return func() [][]string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

// TestMachinesAreSetUpOneByOne: the machines of the new pool serve remote users before it hosts
// federation, and those of the old pool still do afterwards. Setup stops all of that on a machine,
// so it runs on one machine after the other.
func TestMachinesAreSetUpOneByOne(t *testing.T) {
	s := tell(t, poolsOfThree(t))
	r := s.route("edge1.contoso.com", ttl(3600))
	s.settled(r)
	preparing := s.idle("edge2.contoso.com")
	s.moveTo(r, "edge2.contoso.com")
	s.until(r, "the new pool being prepared", func(r *v1alpha1.FederationRoute) bool {
		return r.Status.Plan != nil && r.Status.ObservedGeneration == r.Generation && !slices.ContainsFunc(r.Status.Plan.Steps, func(step v1alpha1.Step) bool {
			return step.Kind == "SetSiteRoute" && step.State == v1alpha1.StepPending
		})
	})
	s.says(r, v1alpha1.ReasonDraining, "served by edge1.contoso.com")
	restarted := 0
	for _, step := range r.Status.Plan.Steps {
		if step.Kind == "RestartEdgeServices" && step.State == v1alpha1.StepDone {
			restarted++
		}
	}
	// While they restart, nobody serves federation, and one of them is left to users.
	if n := preparing(); n == 0 || n > max(1, restarted-1) {
		t.Errorf("%d machines of the new pool were out of service at once, and %d restarted\n%s", n, restarted, s.journal())
	}
	leaving := s.idle("edge1.contoso.com")
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.DNS.TTL = 1 })
	s.moveTo(r, "edge1.contoso.com")
	s.says(r, v1alpha1.ReasonDraining, "hosted by edge1.contoso.com", "served by edge2.contoso.com")
	if n := leaving(); n > 1 {
		t.Errorf("%d machines of the pool that federation came back to were out of service at once\n%s", n, s.journal())
	}
}

// TestMachinesOfTheOldPoolAreSetUpOneByOne: partners have left the old pool, and remote users have
// not.
func TestMachinesOfTheOldPoolAreSetUpOneByOne(t *testing.T) {
	s := tell(t, poolsOfThree(t))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	leaving := s.idle("edge1.contoso.com")
	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if n := leaving(); n != 1 {
		t.Errorf("%d machines of the old pool were out of service at once\n%s", n, s.journal())
	}
	for _, name := range []string{"edge1a.contoso.com", "edge1b.contoso.com", "edge1c.contoso.com"} {
		if m := s.machine(name); m.SIPInstalled || m.XMPPInstalled {
			t.Errorf("%s still has federation ports", name)
		}
	}
}

// TestFirstMachineIsPublishedAlone: the pool in use is dead, so nobody serves federation. Partners
// are led to the first machine that answers, and to each other one as soon as it answers. One
// machine is left to remote users while the others are set up.
func TestFirstMachineIsPublishedAlone(t *testing.T) {
	s := tell(t, poolsOfThree(t))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	for _, name := range []string{"edge1a.contoso.com", "edge1b.contoso.com", "edge1c.contoso.com"} {
		s.must(s.org.Farm().Kill(nora, name))
	}
	silent := []string{"edge2a.contoso.com", "edge2c.contoso.com"}
	for _, name := range silent {
		s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultFirewall, Target: name + "/5061"}))
	}
	idle, seen := s.idle("edge2.contoso.com"), s.addressesOverTime("fed.contoso.com")
	s.moveTo(r, "edge2.contoso.com")
	alone := s.machine("edge2b.contoso.com").PublicAddress.String()
	s.says(r, v1alpha1.ReasonProgressing, "partners are led to edge2b.contoso.com", "the others are added as they answer")
	if got := s.published("fed.contoso.com", "A"); !slices.Equal(got, []string{alone}) {
		t.Errorf("partners are led to %v, want %s alone", got, alone)
	}
	s.until(r, "status saying that one serves alone", func(r *v1alpha1.FederationRoute) bool {
		c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionDNSPublished)
		return c != nil && containsAll(c.Message, []string{"partners are led to " + alone, "the others are added as they answer"})
	})
	s.org.Farm().ClearFaults()
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if n := idle(); n == 0 || n > 2 {
		t.Errorf("%d of three machines were out of service at once, want at most all but one\n%s", n, s.journal())
	}
	if all := seen(); !slices.Equal(all[0], []string{alone}) || !slices.IsSortedFunc(all, func(a, b []string) int { return len(a) - len(b) }) {
		t.Errorf("partners were led to %v one after the other, want one machine first and more each time", all)
	}
}

// TestAllMachinesAtOnce: who asks for it gets the pool set up as fast as it goes, and published when
// all of it answers.
func TestAllMachinesAtOnce(t *testing.T) {
	s := tell(t, poolsOfThree(t))
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.Rollout = v1alpha1.RolloutParallel })
	s.settled(r)
	for _, name := range []string{"edge1a.contoso.com", "edge1b.contoso.com", "edge1c.contoso.com"} {
		s.must(s.org.Farm().Kill(nora, name))
	}
	seen := s.addressesOverTime("fed.contoso.com")
	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if all := seen(); len(all) != 1 || len(all[0]) != 3 {
		t.Errorf("the sets were %v, want one change to three addresses", all)
	}
}
