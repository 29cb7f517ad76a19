// Package demo_test runs the built demo as a user does.
package demo_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/discovery"

	"github.com/fedroute/fedroute/test/support/cluster"
	"github.com/fedroute/fedroute/test/support/program"
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
		"demo": {"hack/demo", "."}, "lyncsim": {"lyncsim", "."}, "manager": {".", "./cmd/manager"},
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

// TestTwoDemosAndAUsersCluster runs two demos at once in one checkout. Both must end well,
// leave nothing behind, and not touch the cluster that KUBECONFIG names.
func TestTwoDemosAndAUsersCluster(t *testing.T) {
	bin := programs(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
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
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			demo := exec.CommandContext(ctx, filepath.Join(bin, "demo"), "--bin", bin)
			demo.Dir, demo.Env = checkout, append(os.Environ(), "KUBECONFIG="+theirs.Kubeconfig)
			if out, err := demo.CombinedOutput(); err != nil || !strings.Contains(string(out), "demo: PASS") {
				t.Errorf("the demo ended with %v:\n%s", err, out)
			}
		})
	}
	both.Wait()

	if diff := cmp.Diff(before, groups(t, theirs)); diff != "" {
		t.Errorf("API groups of the cluster that KUBECONFIG names (-before +after):\n%s", diff)
	}
	left, err := os.ReadDir(filepath.Join(checkout, ".run"))
	if err != nil || len(left) > 0 {
		t.Errorf("the demos left %v (%v)", left, err)
	}
}
