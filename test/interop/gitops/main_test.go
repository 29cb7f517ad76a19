//go:build interop

// Package gitops_test delivers the recipes of docs/gitops.md with the libraries of the
// tools themselves: Flux's ResourceManager, and Argo CD's Lua for its health script. There
// is a real API server with a manager, and a simulated organization for each story.
package gitops_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
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
	ctrl.SetLogger(logr.Discard())
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	folder, err := os.MkdirTemp("", "fedroute-gitops")
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
	log, err := os.Create(filepath.Join(folder, "manager.log"))
	if err != nil {
		return complain(err)
	}
	defer log.Close()
	manager := exec.Command(program("manager"), "--health-probe-bind-address=0", "--poll=200ms", "--port-timeout=10s", "--route-workers=16",
		"--allow-cidr=127.0.0.0/8", "--allow-port=5300")
	manager.Env = append(os.Environ(), "KUBECONFIG="+plane.Kubeconfig)
	manager.Stdout, manager.Stderr = log, log
	if err := manager.Start(); err != nil {
		return complain(fmt.Errorf("%w (make build builds it)", err))
	}
	defer func() {
		_ = manager.Process.Signal(syscall.SIGTERM)
		_ = manager.Wait()
	}()
	return m.Run()
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// program is the path of one of the built programs.
func program(name string) string {
	path, err := filepath.Abs(filepath.Join(cluster.Bin(root), name))
	if err != nil {
		return name
	}
	return path
}

// kubectl runs kubectl with fedroute's plugin, as a person does, and returns its output.
func kubectl(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program("kubectl"), args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+plane.Kubeconfig, "PATH="+filepath.Dir(program("kubectl"))+string(os.PathListSeparator)+os.Getenv("PATH"))
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("kubectl %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
