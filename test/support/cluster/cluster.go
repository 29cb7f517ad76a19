// Package cluster starts the local control plane for the demo, the benchmarks and
// the tests: real etcd and kube-apiserver in one process, with the CRDs installed.
package cluster

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// Cluster is a running API server with the fedroute CRDs.
type Cluster struct {
	Kubeconfig string
	Config     *rest.Config
	process    *exec.Cmd
	log        *os.File
}

// Bin is the folder with the built programs: the value of the environment variable
// FEDROUTE_BIN, otherwise the folder bin below root.
func Bin(root string) string {
	if dir := os.Getenv("FEDROUTE_BIN"); dir != "" {
		return dir
	}
	return filepath.Join(root, "bin")
}

// Start runs the control plane of bin with its state in dir, and installs the CRDs
// of the folder crds. The caller stops it.
func Start(ctx context.Context, bin, dir, crds string) (*Cluster, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "controlplane.log"))
	if err != nil {
		return nil, err
	}
	c := &Cluster{log: log}
	c.process = exec.Command(filepath.Join(bin, "controlplane"), "-dir", dir)
	c.process.Stderr = log
	out, err := c.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.process.Start(); err != nil {
		return nil, fmt.Errorf("start the control plane (make controlplane builds it): %w", err)
	}
	if c.Kubeconfig, err = ready(ctx, out); err != nil {
		c.Stop()
		return nil, fmt.Errorf("the control plane did not get ready (see %s): %w", log.Name(), err)
	}
	if err := c.install(crds); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) install(crds string) error {
	var err error
	if c.Config, err = clientcmd.BuildConfigFromFlags("", c.Kubeconfig); err != nil {
		return err
	}
	c.Config.QPS, c.Config.Burst = 200, 400
	_, err = envtest.InstallCRDs(c.Config, envtest.CRDInstallOptions{Paths: []string{crds}, ErrorIfPathMissing: true})
	return err
}

// ready waits for the line "ready KUBECONFIG".
func ready(ctx context.Context, out io.Reader) (string, error) {
	lines := make(chan string, 1)
	go func() {
		scanner := bufio.NewScanner(out)
		for scanner.Scan() {
			if path, ok := strings.CutPrefix(scanner.Text(), "ready "); ok {
				lines <- path
			}
		}
		close(lines)
	}()
	select {
	case path, ok := <-lines:
		if !ok {
			return "", fmt.Errorf("it ended")
		}
		return path, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Stop ends the control plane.
func (c *Cluster) Stop() {
	_ = c.process.Process.Signal(syscall.SIGTERM)
	ended := make(chan error, 1)
	go func() { ended <- c.process.Wait() }()
	select {
	case <-ended:
	case <-time.After(15 * time.Second):
		_ = c.process.Process.Kill()
		<-ended
	}
	_ = c.log.Close()
}
