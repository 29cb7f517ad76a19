// Package demo_test runs the built demo as a user does.
package demo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/discovery"

	"github.com/fedroute/fedroute/test/support/cluster"
	"github.com/fedroute/fedroute/test/support/program"
	"github.com/fedroute/fedroute/test/support/terminal"
)

const root = "../.."

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// programs builds the programs that the demo runs and links the control plane beside them.
func programs(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	for name, from := range map[string]struct{ module, command string }{
		"demo": {"hack/demo", "."}, "lyncsim": {"lyncsim", "."}, "manager": {".", "./cmd/manager"}, "kubectl-fedroute": {".", "./cmd/kubectl-fedroute"},
	} {
		must(t, program.Build(filepath.Join(root, from.module), from.command, filepath.Join(bin, name)))
	}
	plane, err := filepath.Abs(filepath.Join(cluster.Bin(root), "controlplane"))
	must(t, err)
	for _, name := range []string{"controlplane", "kubectl"} {
		must(t, os.Symlink(plane, filepath.Join(bin, name)))
	}
	return bin
}

// groups lists the API groups that a cluster serves.
func groups(t *testing.T, c *cluster.Cluster) []string {
	t.Helper()
	client, err := discovery.NewDiscoveryClientForConfig(c.Config)
	must(t, err)
	list, err := client.ServerGroups()
	must(t, err)
	var names []string
	for _, g := range list.Groups {
		names = append(names, g.Name)
	}
	return names
}

// TestTheFirstLookFits runs the script of make look, which the first make demo shows while
// the control plane is built, and checks that a terminal of 60 columns has room for it.
func TestTheFirstLookFits(t *testing.T) {
	look := exec.CommandContext(t.Context(), filepath.Join(programs(t), "lyncsim"), "powershell", "run", "hack/look.ps1",
		"--farm", "lyncsim/samples/one-site-two-pools.yaml", "--machine", "fe1.contoso.com")
	look.Dir = root
	said, err := terminal.Run(look, 60)
	must(t, errors.Join(err, terminal.Fits(said, 60)))
	if !bytes.Contains(said, []byte("edge1.contoso.com")) {
		t.Errorf("the script shows no pool:\n%s", said)
	}
}

// noTerminal stands in place of a number of columns for output that goes into a pipe.
const noTerminal = 0

// TestDemosOnEveryTerminal runs demos on terminals from 60 to 200 columns and without one,
// three at a time in one checkout. Each must end well, fit its terminal, leave nothing
// behind, and not touch the cluster that KUBECONFIG names.
func TestDemosOnEveryTerminal(t *testing.T) {
	bin := programs(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	theirs, err := cluster.Start(ctx, bin, t.TempDir(), t.TempDir()) // no CRDs
	must(t, err)
	defer theirs.Stop()
	before := groups(t, theirs)

	checkout, err := os.MkdirTemp("", "demo") // short, because the path of a socket may not be long
	must(t, err)
	defer os.RemoveAll(checkout)
	for _, name := range []string{"config", "lyncsim"} {
		folder, err := filepath.Abs(filepath.Join(root, name))
		must(t, err)
		must(t, os.Symlink(folder, filepath.Join(checkout, name)))
	}
	var all sync.WaitGroup
	places := make(chan struct{}, 3)
	for _, columns := range []int{noTerminal, 60, 80, 100, 120, 200} {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			demo := exec.CommandContext(ctx, filepath.Join(bin, "demo"), "--bin", bin)
			demo.Dir, demo.Env = checkout, append(os.Environ(), "KUBECONFIG="+theirs.Kubeconfig)
			out, err := show(demo, columns)
			if err != nil {
				t.Errorf("the demo on %d columns: %v:\n%s", columns, err, out)
			}
		})
	}
	all.Wait()

	if diff := cmp.Diff(before, groups(t, theirs)); diff != "" {
		t.Errorf("API groups of the cluster that KUBECONFIG names (-before +after):\n%s", diff)
	}
	left, err := os.ReadDir(filepath.Join(checkout, ".run"))
	if err != nil || len(left) > 0 {
		t.Errorf("the demos left %v (%v)", left, err)
	}
}

// show runs a demo and checks what a person sees of it.
func show(demo *exec.Cmd, columns int) ([]byte, error) {
	if columns == noTerminal {
		out, err := demo.CombinedOutput()
		if i := bytes.IndexFunc(out, func(r rune) bool { return r < ' ' && r != '\n' }); i >= 0 && err == nil {
			err = fmt.Errorf("there is a control character at %q", out[i:min(i+40, len(out))])
		}
		return out, errors.Join(err, told(string(out)))
	}
	out, err := terminal.Run(demo, columns)
	seen := strings.Join(terminal.Lines(out, columns), "\n")
	err = errors.Join(err, terminal.Fits(out, columns), told(seen))
	if !bytes.Contains(out, []byte("⠋")) || strings.ContainsAny(seen, "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏") {
		err = errors.Join(err, errors.New("the spinner did not turn, or a turn is left over"))
	}
	return []byte(seen), err
}

// told checks that the demo shows a plan and what a partner saw of both moves, by both
// protocols: a stop when the pool died, and service by the right pool after each move.
func told(text string) error {
	text = strings.Join(strings.Fields(text), " ") // whatever the width
	const served, stopped = `served by %s\.contoso\.com [\d.]+s`, `not served [\d.]+s \([^)]+\), `
	for what, pattern := range map[string]string{
		"the end":                `demo: PASS \(\d+ checks\)`,
		"the plan":               `kubectl fedroute plan contoso .* plan sha256-[0-9a-f]{16}.* SetSiteRoute SIP route of site Redmond edge1`,
		"nothing published":      `not served [\d.]+s \(no SRV record\)`,
		"SIP of the failover":    `SIP [█░]+ .{0,40}(` + stopped + ")+" + fmt.Sprintf(served, "edge2"),
		"XMPP of the failover":   `XMPP [█░]+ .{0,40}(` + stopped + ")+" + fmt.Sprintf(served, "edge2"),
		"SIP of the way back":    `SIP [█░]+ ` + fmt.Sprintf(served, "edge2") + ", (" + stopped + ")*" + fmt.Sprintf(served, "edge1"),
		"XMPP of the way back":   `XMPP [█░]+ ` + fmt.Sprintf(served, "edge2") + ", (" + stopped + ")*" + fmt.Sprintf(served, "edge1"),
		"one line of the object": `changed: the line edgePool: edge2\.contoso\.com`,
	} {
		if !regexp.MustCompile(pattern).MatchString(text) {
			return fmt.Errorf("%s is not shown, %s", what, pattern)
		}
	}
	return nil
}
