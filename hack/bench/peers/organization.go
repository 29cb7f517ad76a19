package peers

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/fedroute/fedroute/hack/bench/stage"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// The host name that partners find, and the domain for which they look it up.
const (
	domain = "contoso.com"
	host   = "fed.contoso.com"
)

// workplace is a simulated organization with the files that a peer works from.
type workplace struct {
	org   *sim.Organization
	clock *stage.Clock
	dir   string
	pace  Pace
}

// Pace is what a peer itself does for a certain time. It is as much faster than lifelike as
// the organization is.
type Pace struct {
	TTL  uint32        // of the records, in seconds
	Poll time.Duration // between two questions about replication or about ports
}

// lifelike is the pace of a peer in an organization with lifelike durations.
var lifelike = Pace{TTL: 60, Poll: 2 * time.Second}

func (c *comparison) newWorkplace(ctx context.Context, name string) (*workplace, error) {
	return newWorkplace(ctx, c.stage, name, stage.Options{Durations: c.durations}, lifelike)
}

// newWorkplace starts an organization that federates through OldPool.
func newWorkplace(ctx context.Context, s *stage.Stage, name string, o stage.Options, p Pace) (*workplace, error) {
	w := &workplace{clock: &stage.Clock{}, dir: filepath.Join(s.Dir, name), pace: p}
	o.Clock = w.clock
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		return nil, err
	}
	var err error
	if w.org, err = stage.Simulate(ctx, o); err != nil {
		return nil, err
	}
	if err := w.prepare(); err != nil {
		w.org.Close()
		return nil, err
	}
	return w, nil
}

// prepare publishes the records that fedroute's route would have and writes the files.
func (w *workplace) prepare() error {
	const person = "setup"
	z, address := w.org.Zones(), publicAddress(w.org, stage.OldPool)
	for _, r := range [][3]string{{host, "A", address}, {"_sipfederationtls._tcp." + domain, "SRV", "0 0 5061 " + host}, {"_xmpp-server._tcp." + domain, "SRV", "0 0 5269 " + host}} {
		if err := z.Set(person, r[0], r[1], w.pace.TTL, r[2]); err != nil {
			return err
		}
	}
	return w.describe()
}

func publicAddress(org *sim.Organization, pool string) string {
	for _, e := range org.Endpoints() {
		if e.Pool == pool && e.Role == farm.RoleEdge {
			return e.PublicAddress.String()
		}
	}
	return ""
}

// describe writes the inventory, the variables of both pools, and the secrets.
func (w *workplace) describe() error {
	inventory, err := w.inventory()
	if err != nil {
		return err
	}
	dnsHost, dnsPort, err := net.SplitHostPort(w.org.DNSServers()[0])
	if err != nil {
		return err
	}
	key := w.org.DNSKeys()[0]
	files := map[string][]byte{
		"ca.crt":  w.org.CA().CertPEM(),
		"dns.key": fmt.Appendf(nil, "key %q { algorithm %s; secret %q; };\n", key.Name, key.Algorithm, key.Secret),
	}
	wanted := map[string]any{
		"management": stage.FrontEnd, "front_end": stage.FrontEnd, "site": w.org.Farm().Spec().Sites[0].Name,
		"dns_host": dnsHost, "dns_port": dnsPort, "dns_domain": domain, "dns_name": host, "dns_key_file": w.file("dns.key"),
		"dns_ttl": w.pace.TTL, "poll_ms": w.pace.Poll.Milliseconds(),
		"pools": map[string]any{
			stage.OldPool: map[string]string{"machine": stage.OldPool, "address": publicAddress(w.org, stage.OldPool)},
			stage.NewPool: map[string]string{"machine": stage.NewPool, "address": publicAddress(w.org, stage.NewPool)},
		},
	}
	for pool, from := range map[string]string{stage.OldPool: stage.NewPool, stage.NewPool: stage.OldPool} {
		wanted["edge_pool"], wanted["from"] = pool, from
		if files[pool+".json"], err = json.Marshal(wanted); err != nil {
			return err
		}
	}
	if files["inventory.json"], err = json.Marshal(inventory); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(w.file(name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (w *workplace) file(name string) string { return filepath.Join(w.dir, name) }

// inventory lists the machines in Ansible's format: every Edge server, and one
// management server, because fedroute also asks only one.
func (w *workplace) inventory() (map[string]any, error) {
	management, edge := map[string]any{}, map[string]any{}
	for _, e := range w.org.Endpoints() {
		u, err := url.Parse(e.URL)
		if err != nil {
			return nil, err
		}
		port, err := strconv.Atoi(u.Port())
		if err != nil {
			return nil, err
		}
		account, check, group := w.org.LocalAccount(), "check-edge.ps1", edge
		if e.Role != farm.RoleEdge {
			account, check, group = w.org.DomainAccount(), "check-management.ps1", management
		}
		if group == nil || e.Role != farm.RoleEdge && e.Machine != stage.FrontEnd {
			continue
		}
		group[e.Machine] = map[string]any{
			"ansible_connection": "winrm", "ansible_host": u.Hostname(), "ansible_port": port,
			"ansible_user": account.Name, "ansible_password": account.Password,
			"ansible_winrm_scheme": "https", "ansible_winrm_transport": "ntlm", "ansible_winrm_ca_trust_path": w.file("ca.crt"),
			"ansible_winrm_operation_timeout_sec": 60, "ansible_winrm_read_timeout_sec": 70,
			"check": "../scripts/" + check,
		}
	}
	local := map[string]any{"localhost": map[string]string{"ansible_connection": "local"}}
	return map[string]any{"ungrouped": hosts(local), "management": hosts(management), "edge": hosts(edge)}, nil
}

func hosts(group map[string]any) map[string]any { return map[string]any{"hosts": group} }

const folder = "test/data/peers"

// play runs a playbook of test/data/peers/ansible for a pool.
func (w *workplace) play(ctx context.Context, book, pool string) error {
	cmd := exec.CommandContext(ctx, "/usr/bin/ansible-playbook", "--inventory", w.file("inventory.json"), "--extra-vars", "@"+w.file(pool+".json"), book+".yml")
	cmd.Dir = filepath.Join(folder, "ansible")
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "ANSIBLE_HOME="+w.dir, "ANSIBLE_LOCAL_TEMP="+w.dir)
	return finish(cmd)
}

// script runs a script of test/data/peers/pywinrm for a pool.
func (w *workplace) script(ctx context.Context, name, pool string) error {
	return finish(exec.CommandContext(ctx, "/usr/bin/python3", filepath.Join(folder, "pywinrm", name+".py"), w.file("inventory.json"), w.file(pool+".json")))
}

// finish runs a command. Its error contains the last output of the command.
func finish(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w:\n%s", filepath.Base(cmd.Path), err, out[max(0, len(out)-2000):])
	}
	return nil
}
