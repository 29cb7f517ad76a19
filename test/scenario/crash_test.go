package scenario_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/controllers"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/test/support/program"
)

// manager is a running manager program.
type manager struct {
	*exec.Cmd
	log   bytes.Buffer
	ended chan error
}

var built = flag.String("manager", "", "the manager program that stories run; empty: they build it")

// builtManager builds the manager once for all stories that run it.
var builtManager = sync.OnceValues(func() (string, error) {
	if *built != "" {
		return *built, nil
	}
	path := filepath.Join(folder, "manager")
	return path, program.Build(root, "./cmd/manager", path)
})

// hire starts a manager that sees only the story's namespace. The given flags override the
// flags that hire sets.
func (s *story) hire(flags ...string) *manager {
	s.Helper()
	path, err := builtManager()
	s.must(err)
	return s.hireProgram(path, flags...)
}

// hireProgram is hire with a program that may be of another version.
func (s *story) hireProgram(path string, flags ...string) *manager {
	s.Helper()
	m := &manager{ended: make(chan error, 1)}
	m.Cmd = exec.Command(path, "--kubeconfig", plane.Kubeconfig, "--namespaces", s.namespace, "--leader-elect", "--leader-elect-namespace", s.namespace,
		"--health-probe-bind-address", "0", "--poll", "50ms", "--replication-timeout", "20s", "--port-timeout", "5s", "--observe-timeout", "10s", "--log-level", "WARN")
	if takesReach(path) && !slices.Contains(flags, "--allow-cidr") { // 0.1 and 0.2 reach everything
		m.Args = append(m.Args, "--allow-cidr", "127.0.0.0/8", "--allow-port", "1-65535")
	}
	m.Args = append(m.Args, flags...)
	m.Stderr = &m.log
	s.must(m.Start())
	go func() { m.ended <- m.Wait() }()
	s.Cleanup(func() {
		_ = m.Process.Kill() // a process that has ended already has nothing to lose
		<-m.ended
		m.ended <- nil
		if s.Failed() {
			s.Logf("manager:\n%s", m.log.String())
		}
	})
	return m
}

// bounded holds, by program, whether it bounds what it reaches.
var bounded sync.Map

// takesReach reports whether a manager program has flags that bound what it reaches.
func takesReach(path string) bool {
	if known, is := bounded.Load(path); is {
		return known.(bool)
	}
	help, _ := exec.Command(path, "-h").CombinedOutput()
	takes := bytes.Contains(help, []byte("-allow-cidr"))
	bounded.Store(path, takes)
	return takes
}

// leave waits for the end of a manager that was told to stop.
func (m *manager) leave(s *story) {
	s.Helper()
	select {
	case err := <-m.ended:
		m.ended <- err
	case <-s.ctx.Done():
		s.Fatal("the manager did not end")
	}
}

// lonely starts a story that the managers of this process do not see.
func lonely(t *testing.T, spec farm.Spec) *story {
	t.Helper()
	return lonelyWith(t, sim.Config{Spec: spec})
}

// lonelyWith is lonely with more settings of the organization.
func lonelyWith(t *testing.T, c sim.Config) *story {
	t.Helper()
	s := openWith(t, c)
	s.labels = map[string]string{alone: ""}
	s.credentials()
	s.create(s.topology())
	return s
}

// TestManagerCrashes kills the manager at random moments of a failover, until the journal
// shows that enough was done. Each time another manager goes on.
func TestManagerCrashes(t *testing.T) {
	spec := sampleFarm(t, "one-site-two-pools")
	spec.Durations = farm.DurationsSpec{Durations: farm.Durations{Publish: farm.Duration(700 * time.Millisecond), Enable: farm.Duration(700 * time.Millisecond),
		Setup: farm.Duration(1500 * time.Millisecond), Replication: farm.Duration(400 * time.Millisecond), ServiceStart: farm.Duration(300 * time.Millisecond)}}
	s := lonely(t, spec)
	urls := s.org.State().SimpleURLs
	m := s.hire()
	r := s.route("edge1.contoso.com")
	s.settled(r)

	s.moveTo(r, "edge2.contoso.com")
	dice := rand.New(rand.NewPCG(3, 61))
	for range 3 {
		enough := s.writes() + 1 + dice.IntN(3)
		s.eventually("further writes", func() bool { return s.writes() >= enough || s.done(r) }, func() string { return s.journal() + m.log.String() })
		s.must(m.Process.Kill())
		m.leave(s)
		s.dropLease()
		m = s.hire()
	}
	s.settled(r)
	s.hosts("edge2.contoso.com")
	s.sameURLs(urls)
	if n := s.acts("Publish-CsTopology", "Topology"); n != publishesOfAMove {
		t.Errorf("the flags were published %d times\n%s", n, s.journal())
	}
}

// done reports whether the route is already Ready.
func (s *story) done(r *v1alpha1.FederationRoute) bool {
	s.must(objects.Get(s.ctx, key(r), r))
	return ready(r)
}

// TestManagerIsReplacedAgainAndAgain stops managers at random moments. They run in this
// process, and the farm takes lifelike times.
func TestManagerIsReplacedAgainAndAgain(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			spec := sampleFarm(t, "sfb2019-no-xmpp")
			spec.Durations.Durations = farm.Durations{Publish: farm.Duration(200 * time.Millisecond), Enable: farm.Duration(200 * time.Millisecond),
				Setup: farm.Duration(400 * time.Millisecond), Replication: farm.Duration(200 * time.Millisecond), ReplicationNotice: farm.Duration(100 * time.Millisecond)}
			s := lonely(t, spec)
			urls := s.org.State().SimpleURLs
			r := s.route("edge-b.fabrikam.com")
			dice := rand.New(rand.NewPCG(seed, 7))
			for range 3 {
				fire := s.hireHere()
				enough := s.writes() + 1 + dice.IntN(4)
				s.eventually("further writes", func() bool { return s.writes() >= enough || s.done(r) }, s.journal)
				fire()
			}
			defer s.hireHere()()
			s.settled(r)
			s.hosts("edge-b.fabrikam.com")
			s.sameURLs(urls)
			if n := s.acts("Publish-CsTopology", "Topology"); n != publishesOfAMove {
				t.Errorf("the flags were published %d times\n%s", n, s.journal())
			}
		})
	}
}

// hireHere starts a manager in this process that sees only the story's namespace. fire
// stops it and waits for its end.
func (s *story) hireHere() (fire func()) { return s.hireHereAt(controllers.RealClock{}) }

// hireHereAt is hireHere with a clock of the manager's own.
func (s *story) hireHereAt(clock apply.Clock) (fire func()) {
	s.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	stopped, err := startManager(ctx, cache.Options{DefaultNamespaces: map[string]cache.Config{s.namespace: {}}}, clock)
	s.must(err)
	return func() { cancel(); <-stopped }
}

// ahead is a clock that is ahead of the real one.
type ahead struct {
	controllers.RealClock
	by time.Duration
}

// Now is later than the real time.
func (a ahead) Now() time.Time { return a.RealClock.Now().Add(a.by) }

// dropLease deletes the lease of a dead leader, so that the story need not wait until it
// runs out.
func (s *story) dropLease() {
	s.Helper()
	s.must(client.IgnoreNotFound(objects.DeleteAllOf(s.ctx, &coordinationv1.Lease{}, client.InNamespace(s.namespace))))
}

// TestManagerIsToldToStop sends SIGTERM in the middle of a failover. Running steps end and
// no further step begins. The manager that waits for the lease goes on.
func TestManagerIsToldToStop(t *testing.T) {
	spec := sampleFarm(t, "one-site-two-pools")
	spec.Durations.Publish = farm.Duration(1500 * time.Millisecond)
	s := lonely(t, spec)
	first := s.hire()
	r := s.route("edge1.contoso.com")
	s.settled(r)
	next := s.hire() // waits for the lease

	s.moveTo(r, "edge2.contoso.com")
	s.eventually("publishing", func() bool { return s.org.Counters().Cmdlets["Publish-CsTopology"] > 0 }, s.journal)
	s.must(first.Process.Signal(syscall.SIGTERM))
	first.leave(s)
	if s.acts("Publish-CsTopology", "Topology") != 1 {
		t.Errorf("the running publish was not let end\n%s", s.journal())
	}
	if s.acts("Set-CsSite", "Site:Redmond FederationRoute") > 0 {
		t.Errorf("a further step was begun after the stop\n%s", s.journal())
	}
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if n := s.acts("Publish-CsTopology", "Topology"); n != publishesOfAMove {
		t.Errorf("the flags were published %d times\n%s", n, s.journal())
	}
	if !recorded(r, "PublishFlags", "topology", v1alpha1.StepDone) {
		t.Errorf("the step that ended last before the stop is not in history\n%s", describe(r))
	}
	s.must(next.Process.Signal(syscall.SIGTERM))
	next.leave(s)
}
