// Package install_test applies config/default to a real API server as it lies, and
// asks whether the account that it makes can run the manager.
package install_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/test/support/cluster"
)

const root = "../.."

var (
	folder  string // for what a run leaves; removed at its end
	plane   *cluster.Cluster
	objects client.Client
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	var err error
	if folder, err = os.MkdirTemp("", "fedroute-install"); err != nil {
		return complain(err)
	}
	defer os.RemoveAll(folder)
	if plane, err = cluster.Start(ctx, cluster.Bin(root), folder, filepath.Join(root, "config/crd/bases")); err != nil {
		return complain(err)
	}
	defer plane.Stop()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return complain(err)
		}
	}
	if objects, err = client.New(plane.Config, client.Options{Scheme: scheme}); err != nil {
		return complain(err)
	}
	for _, c := range []*exec.Cmd{
		exec.CommandContext(ctx, filepath.Join(cluster.Bin(root), "kubectl"), "--kubeconfig", plane.Kubeconfig, "apply", "-k", root+"/config/default"),
		exec.CommandContext(ctx, "go", "build", "-C", root, "-o", filepath.Join(folder, "manager"), "./cmd/manager"),
	} {
		if out, err := c.CombinedOutput(); err != nil {
			return complain(fmt.Errorf("%v: %w\n%s", c.Args, err, out))
		}
	}
	return m.Run()
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually asks until the answer is yes.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: it took too long", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
