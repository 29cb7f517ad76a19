//go:build interop

package alerts_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/fedroute/fedroute/test/support/cluster"
	"github.com/fedroute/fedroute/test/support/program"
)

// replica is a running manager.
type replica struct {
	*exec.Cmd
	metrics string
	ended   chan error
}

// start runs one more replica of the manager until the test ends.
func start(t *testing.T) *replica {
	t.Helper()
	r := &replica{metrics: program.FreeAddr(t, "127.0.0.1"), ended: make(chan error, 1)}
	r.Cmd = exec.Command(filepath.Join(cluster.Bin(root), "manager"), "--leader-elect", "--leader-elect-namespace=default",
		"--metrics-bind-address="+r.metrics, "--health-probe-bind-address=0", "--poll=50ms", "--observe-timeout=10s", "--allow-cidr=127.0.0.0/8", "--allow-port=5300")
	r.Env = append(os.Environ(), "KUBECONFIG="+plane.Kubeconfig)
	log := new(bytes.Buffer)
	r.Stderr = log
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.ended <- r.Wait() }()
	t.Cleanup(func() {
		r.stop()
		if t.Failed() {
			t.Logf("manager at %s:\n%s", r.metrics, log)
		}
	})
	eventually(t, "the replica serves its metrics", func() bool { return program.Listens(r.metrics) })
	return r
}

// stop tells the replica to stop, as a rollout does, and waits for its end.
func (r *replica) stop() {
	_ = r.Process.Signal(syscall.SIGTERM) // fails where it has ended already
	r.ended <- <-r.ended
}

// scrape is what /metrics of a replica said at a time.
type scrape struct {
	text string
	at   time.Time
}

func (r *replica) scrape(t *testing.T) scrape {
	t.Helper()
	response, err := http.Get("http://" + r.metrics + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return scrape{string(text), time.Now()}
}

// has reports whether lines of the scrape match all patterns.
func (s scrape) has(patterns ...string) bool {
	for _, p := range patterns {
		if !regexp.MustCompile("(?m)^" + p).MatchString(s.text) {
			return false
		}
	}
	return true
}

// leads matches the lines of a replica that works and has begun the series of its objects.
var leads = []string{`leader_election_master_status\{name="fedroute.fedroute.io"\} 1$`, `fedroute_route_info\{`}

// observed is when the organization was last observed; "" while it is not ready.
func (s scrape) observed() string {
	if !regexp.MustCompile(`(?m)^fedroute_topology_ready\{.*\} 1$`).MatchString(s.text) {
		return ""
	}
	return regexp.MustCompile(`(?m)^fedroute_observation_timestamp_seconds\{.*$`).FindString(s.text)
}

// reconciles is how often the replica has reconciled organizations.
func (s scrape) reconciles(t *testing.T) float64 {
	t.Helper()
	total := 0.0
	for _, m := range regexp.MustCompile(`(?m)^controller_runtime_reconcile_total\{controller="lynctopology".*\} (\S+)$`).FindAllStringSubmatch(s.text, -1) {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		total += n
	}
	return total
}

// pair is two scrapes of a replica, with at least one whole look at the organization in
// between. They show which times move on while a situation lasts.
type pair struct{ first, second scrape }

func (r *replica) record(t *testing.T) pair {
	t.Helper()
	p := pair{first: r.scrape(t)}
	eventually(t, "the organization is looked at twice more", func() bool {
		p.second = r.scrape(t)
		// A look may take two reconciles. One that succeeded has a time of its own.
		return p.second.reconciles(t) >= p.first.reconciles(t)+2 && (p.second.observed() == "" || p.second.observed() != p.first.observed())
	})
	return p
}
