//go:build interop

// Package alerts_test brings about each situation that an alert is for, records the metrics
// of the running manager in it, and lets Prometheus' own promtool judge which alerts fire.
package alerts_test

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

const root = "../../.."

var (
	plane   *cluster.Cluster
	objects client.Client
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	folder, err := os.MkdirTemp("", "fedroute-alerts")
	if err != nil {
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

// eventually asks again until the answer is yes.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(3 * time.Minute) // generous: the test does not measure speed
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: it took too long", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func kubectl(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(cluster.Bin(root), "kubectl"), append([]string{"--kubeconfig", plane.Kubeconfig}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("kubectl %v: %v\n%s", args, err, out)
	}
}
