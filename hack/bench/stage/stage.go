// Package stage runs what all measurements need: an API server, the built manager,
// and simulated organizations whose objects it creates there.
package stage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/test/support/cluster"
)

// Stage is an API server and the folder of the built programs. The caller closes it.
type Stage struct {
	Objects client.Client
	Dir     string // for files of the measurements
	bin     string
	cluster *cluster.Cluster
}

// New starts the API server of bin with its files in dir.
func New(ctx context.Context, bin, dir string) (*Stage, error) {
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	s := &Stage{bin: bin, Dir: dir}
	var err error
	if s.cluster, err = cluster.Start(ctx, bin, filepath.Join(dir, "cluster"), "config/crd/bases"); err != nil {
		return nil, err
	}
	if s.Objects, err = client.New(s.cluster.Config, client.Options{Scheme: scheme}); err != nil {
		s.Close()
	}
	return s, err
}

// Close ends the API server.
func (s *Stage) Close() { s.cluster.Stop() }

// Namespace creates a namespace.
func (s *Stage) Namespace(ctx context.Context, name string) error {
	return s.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
}

// Create creates objects in order.
func (s *Stage) Create(ctx context.Context, objects ...client.Object) error {
	for _, o := range objects {
		if err := s.Objects.Create(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// Manager is a running manager. The caller stops it.
type Manager struct {
	process *exec.Cmd
	log     *os.File
}

// Manager starts the built manager on one namespace.
func (s *Stage) Manager(namespace string, args ...string) (*Manager, error) {
	log, err := os.Create(filepath.Join(s.Dir, "manager-"+namespace+".log"))
	if err != nil {
		return nil, err
	}
	c := exec.Command(filepath.Join(s.bin, "manager"), append([]string{"--health-probe-bind-address=0", "--namespaces=" + namespace}, args...)...)
	c.Env = append(os.Environ(), "KUBECONFIG="+s.cluster.Kubeconfig)
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		return nil, err
	}
	return &Manager{process: c, log: log}, nil
}

// Stop ends the manager and waits for it.
func (m *Manager) Stop() {
	_ = m.process.Process.Signal(syscall.SIGTERM)
	_ = m.process.Wait()
	_ = m.log.Close()
}

// Resident is the manager's resident memory in MiB.
func (m *Manager) Resident() (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		var kib float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kib); n == 1 {
			return kib / 1024, nil
		}
	}
	return 0, errors.New("no VmRSS")
}
