package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/fedroute/fedroute/test/support/cluster"
)

// brisk gives remote commands short durations that are still long enough to be seen. At
// first public DNS has no record of federation.
const brisk = `
dns: {federation: Empty}
durations: {powershellStart: 150ms, moduleImport: 300ms, cmdlet: 10ms, publish: 600ms, enable: 400ms, replicationNotice: 100ms,
  replication: 1200ms, setup: 1200ms, serviceStart: 300ms, serviceStop: 200ms}
`

// stage is everything that runs during the demo.
type stage struct {
	root, bin  string
	dir        string // of this run alone
	powershell string // the program that runs on the machines; empty: a simulated one

	cluster   *cluster.Cluster
	processes []*exec.Cmd
	places    places

	partner *partner
	shown   time.Time // when what the partner saw was last shown
}

// places are the addresses of the simulated organization, as lyncsim reports them.
// lyncsim took a free block of loopback addresses, which no other program uses.
type places struct {
	Admin    string
	DNS      []string
	Machines []struct {
		Machine, Role, Pool, URL, PublicAddress string
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
	arguments := []string{"--farm", farm, "--out", filepath.Join(s.dir, "contoso"), "--ready-file", ready}
	if s.powershell != "" {
		arguments = append(arguments, "--powershell", s.powershell)
	}
	if err := s.start("lyncsim", arguments...); err != nil {
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

// writeKit writes the endpoint kit from the organization and the sample route. No cluster
// is asked. Edge pools that the route does not name yet are named here.
func (s *stage) writeKit(ctx context.Context) (string, error) {
	_, err := s.kubectl(ctx, "fedroute", "kit", "--file", filepath.Join(s.dir, "contoso", "organization.yaml"), "--file", filepath.Join(s.root, sample),
		"--site", "Redmond", "--pool", edge2, "--run-as", `CONTOSO\fedroute$`, "--out", s.kit())
	return "", err
}

func (s *stage) kit() string { return filepath.Join(s.dir, "kit") }

// installKit lets the simulator do what administrators do with the kit's installers.
func (s *stage) installKit(ctx context.Context) (string, error) {
	return "", s.admin(ctx, "POST", "/kit", map[string]any{"folder": s.kit(), "change": true}, nil)
}

// storeAccounts stores the accounts that the installers made, and deletes the kit, which has
// their passwords.
func (s *stage) storeAccounts(ctx context.Context) (string, error) {
	if _, err := s.kubectl(ctx, "apply", "--server-side", "-f", filepath.Join(s.kit(), "secrets")); err != nil {
		return "", err
	}
	return "", os.RemoveAll(s.kit())
}

func (s *stage) startManager(ctx context.Context) error {
	admin, err := url.Parse(s.places.Admin)
	if err != nil {
		return err
	}
	health := net.JoinHostPort(admin.Hostname(), "8081") // no other program uses ports at this run's addresses
	if err := s.start("manager", "--health-probe-bind-address="+health, "--poll=200ms", "--port-timeout=10s",
		"--allow-cidr=127.0.0.0/8", "--allow-port=5300"); err != nil {
		return err
	}
	if err := poll(ctx, 20*time.Second, func() bool { return answers(ctx, "http://"+health+"/readyz") }); err != nil {
		return fmt.Errorf("the manager did not get ready (see %s)", s.log("manager"))
	}
	return nil
}

// startPartner reads what a partner of the organization knows: where it looks names up, and
// which authority signs certificates.
func (s *stage) startPartner(context.Context) error {
	authority, err := os.ReadFile(filepath.Join(s.dir, "contoso", "ca.crt"))
	if err != nil {
		return err
	}
	s.partner = &partner{resolver: s.places.DNS[0], roots: x509.NewCertPool(), pool: s.pool}
	s.partner.roots.AppendCertsFromPEM(authority)
	s.shown = time.Now()
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

// kubectl runs kubectl, with fedroute's plugin, and gives what it printed.
func (s *stage) kubectl(ctx context.Context, args ...string) (string, error) {
	c := exec.CommandContext(ctx, filepath.Join(s.bin, "kubectl"), args...)
	c.Env = append(os.Environ(), "KUBECONFIG="+s.cluster.Kubeconfig, "PATH="+s.bin+string(os.PathListSeparator)+os.Getenv("PATH"))
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

// pool names the Edge pool that has the external address.
func (s *stage) pool(address string) string {
	for _, m := range s.places.Machines {
		if m.PublicAddress == address {
			return m.Pool
		}
	}
	return address
}

// nobody is an address of this run's network that no machine has.
func (s *stage) nobody() string {
	network := host(s.places.DNS[0])
	return network[:strings.LastIndex(network, ".")] + ".250"
}

// lookAround says what a person can try while everything runs. The commands stay whole
// on a terminal of 60 columns.
func (s *stage) lookAround(screen *screen) error {
	file := filepath.Join(s.dir, "env")
	text := fmt.Sprintf("export KUBECONFIG=%q PATH=%q:$PATH\nexport DNS=%s LYNCSIM=%s\n", s.cluster.Kubeconfig, s.bin, host(s.places.DNS[0]), s.places.Admin)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return err
	}
	if short, err := filepath.Rel(s.root, file); err == nil {
		file = short
	}
	screen.say("\nEverything is left running; ctrl-C ends it and removes its folder. Try, in another shell in this folder:")
	screen.print(
		"  . ./"+file,
		"  kubectl get federationroutes,lynctopologies",
		"  kubectl describe fr contoso",
		"  kubectl fedroute status contoso",
		"  kubectl patch fr contoso --type=merge \\",
		"    -p '{\"spec\":{\"edgePool\":\"edge2.contoso.com\"}}'",
		"  dig @$DNS -p 5300 _xmpp-server._tcp.contoso.com SRV",
		"  curl -s $LYNCSIM/state; curl -s $LYNCSIM/writes",
		"  curl -s -X POST $LYNCSIM/pools/edge1.contoso.com/kill")
	return nil
}
