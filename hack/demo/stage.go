package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/fedroute/fedroute/test/support/cluster"
)

// brisk gives remote commands short durations that are still long enough to be seen.
const brisk = `
durations: {powershellStart: 150ms, moduleImport: 300ms, cmdlet: 10ms, publish: 600ms, enable: 400ms, replicationNotice: 100ms,
  replication: 1200ms, setup: 1200ms, serviceStart: 300ms, serviceStop: 200ms}
`

// stage is everything that runs during the demo.
type stage struct {
	root, bin string
	dir       string // of this run alone

	cluster   *cluster.Cluster
	processes []*exec.Cmd
	places    places
}

// places are the addresses of the simulated organization, as lyncsim reports them.
// lyncsim took a free block of loopback addresses, which no other program uses.
type places struct {
	Admin    string
	DNS      []string
	Machines []struct {
		Machine, Pool, PublicAddress string
	}
}

func (s *stage) startCluster(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var err error
	s.cluster, err = cluster.Start(ctx, s.bin, filepath.Join(s.dir, "cluster"), filepath.Join(s.root, "config/crd/bases"))
	return err
}

func (s *stage) startOrganization(ctx context.Context) error {
	sample, err := os.ReadFile(filepath.Join(s.root, "lyncsim/samples/one-site-two-pools.yaml"))
	if err != nil {
		return err
	}
	farm := filepath.Join(s.dir, "farm.yaml")
	if err := os.WriteFile(farm, append(sample, brisk...), 0o644); err != nil {
		return err
	}
	ready := filepath.Join(s.dir, "ready.json")
	if err := s.start("lyncsim", "--farm", farm, "--out", filepath.Join(s.dir, "contoso"), "--ready-file", ready); err != nil {
		return err
	}
	if err := poll(ctx, 20*time.Second, func() bool { _, err := os.Stat(ready); return err == nil }); err != nil {
		return fmt.Errorf("lyncsim did not get ready (see %s)", s.log("lyncsim"))
	}
	raw, err := os.ReadFile(ready)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, &s.places)
}

func (s *stage) startManager(ctx context.Context) error {
	admin, err := url.Parse(s.places.Admin)
	if err != nil {
		return err
	}
	health := net.JoinHostPort(admin.Hostname(), "8081") // no other program uses ports at this run's addresses
	if err := s.start("manager", "--health-probe-bind-address="+health, "--poll=200ms", "--port-timeout=10s"); err != nil {
		return err
	}
	if err := poll(ctx, 20*time.Second, func() bool { return answers(ctx, "http://"+health+"/readyz") }); err != nil {
		return fmt.Errorf("the manager did not get ready (see %s)", s.log("manager"))
	}
	return nil
}

// start runs one of the project's programs in the background and writes its output
// into a file.
func (s *stage) start(name string, args ...string) error {
	log, err := os.Create(s.log(name))
	if err != nil {
		return err
	}
	c := exec.Command(filepath.Join(s.bin, name), args...)
	c.Env = append(os.Environ(), "KUBECONFIG="+s.cluster.Kubeconfig)
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		return err
	}
	s.processes = append(s.processes, c)
	return log.Close()
}

func (s *stage) log(name string) string { return filepath.Join(s.dir, name+".log") }

// clear ends everything, in the reverse order of its start. Calling it again does
// nothing.
func (s *stage) clear() {
	for i := len(s.processes) - 1; i >= 0; i-- {
		_ = s.processes[i].Process.Signal(syscall.SIGTERM)
		_ = s.processes[i].Wait()
	}
	s.processes = nil
	if s.cluster != nil {
		s.cluster.Stop()
		s.cluster = nil
	}
}

// kubectl runs kubectl and gives what it printed.
func (s *stage) kubectl(ctx context.Context, args ...string) (string, error) {
	c := exec.CommandContext(ctx, filepath.Join(s.bin, "kubectl"), args...)
	c.Env = append(os.Environ(), "KUBECONFIG="+s.cluster.Kubeconfig)
	out, err := c.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("kubectl %s: %w: %s", args[0], err, out)
	}
	return string(out), nil
}

// address is the external address of the pool's first machine.
func (s *stage) address(pool string) string {
	for _, m := range s.places.Machines {
		if m.Pool == pool && m.PublicAddress != "" {
			return m.PublicAddress
		}
	}
	return ""
}

// lookAround prints what a person can try while everything runs.
func (s *stage) lookAround(screen *screen) {
	screen.line("\neverything is left running; ctrl-C ends it and removes %s. Try, in another shell:", s.dir)
	screen.line(`  export KUBECONFIG="%s" PATH="%s:$PATH"`, s.cluster.Kubeconfig, s.bin)
	screen.line("  kubectl get federationroutes,lynctopologies")
	screen.line("  kubectl describe fr contoso")
	screen.line("  kubectl patch fr contoso --type=merge -p '{\"spec\":{\"edgePool\":\"edge2.contoso.com\"}}'")
	screen.line("  kubectl fedroute status contoso")
	screen.line("  dig @%s -p 5300 _xmpp-server._tcp.contoso.com SRV +short", host(s.places.DNS[0]))
	screen.line("  curl -s %s/state; curl -s %s/writes", s.places.Admin, s.places.Admin)
	screen.line("  curl -s -X POST %s/pools/edge1.contoso.com/kill", s.places.Admin)
}
