package stage

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Shipped is the memory limit of the shipped manager's container, in bytes.
const Shipped = 256 << 20

// Manager is a running manager. The caller stops it.
type Manager struct {
	process *exec.Cmd
	log     *os.File
	metrics string // URL
	cage    *cage  // nil: none bounds its memory
}

// Manager starts the built manager on one namespace.
func (s *Stage) Manager(namespace string, args ...string) (*Manager, error) {
	return s.start(namespace, nil, nil, args...)
}

// LimitedManager starts the built manager with the memory limit of the shipped container: in
// a cgroup where the machine allows one. Such a manager serves metrics.
func (s *Stage) LimitedManager(namespace string, args ...string) (*Manager, error) {
	address, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	held := newCage(fmt.Sprint(os.Getpid(), "-", namespace), Shipped)
	m, err := s.start(namespace, held, []string{fmt.Sprint("FEDROUTE_MEMORY_LIMIT=", Shipped)}, append([]string{"--metrics-bind-address=" + address}, args...)...)
	if err != nil {
		held.remove()
		return nil, err
	}
	m.metrics = "http://" + address + "/metrics"
	return m, nil
}

func (s *Stage) start(namespace string, held *cage, environment []string, args ...string) (*Manager, error) {
	log, err := os.Create(filepath.Join(s.Dir, "manager-"+namespace+".log"))
	if err != nil {
		return nil, err
	}
	program, args := held.around(filepath.Join(s.bin, "manager"), append([]string{"--health-probe-bind-address=0", "--namespaces=" + namespace,
		"--allow-cidr=127.0.0.0/8", "--allow-port=1-65535"}, args...))
	c := exec.Command(program, args...)
	c.Env = append(append(os.Environ(), "KUBECONFIG="+s.cluster.Kubeconfig), environment...)
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		return nil, err
	}
	return &Manager{process: c, log: log, cage: held}, nil
}

// Stop ends the manager and waits for it.
func (m *Manager) Stop() {
	_ = m.process.Process.Signal(syscall.SIGTERM)
	_ = m.process.Wait()
	_ = m.log.Close()
	m.cage.remove()
}

// Resident is the manager's resident memory in MiB.
func (m *Manager) Resident() (float64, error) { return m.memory("VmRSS") }

// Peak is the most resident memory that the manager ever had, in MiB.
func (m *Manager) Peak() (float64, error) { return m.memory("VmHWM") }

// Caged is the most memory that the manager's cgroup held, in MiB, and how often it met its
// limit. The kernel's memory for connections and files counts there, too. No cgroup: false.
func (m *Manager) Caged() (peak float64, met int, is bool, err error) {
	if m.cage == nil {
		return 0, 0, false, nil
	}
	peak, met, err = m.cage.used()
	return peak, met, true, err
}

func (m *Manager) memory(name string) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		var kib float64
		if n, _ := fmt.Sscanf(line, name+": %f kB", &kib); n == 1 {
			return kib / 1024, nil
		}
	}
	return 0, fmt.Errorf("no %s: the manager has ended, see %s", name, m.log.Name())
}

// Processor is the processor time that the manager has used.
func (m *Manager) Processor() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", m.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	var user, system int64
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:]) // from the third field on
	if _, err := fmt.Sscan(string(bytes.Join(fields[11:13], []byte(" "))), &user, &system); err != nil {
		return 0, err
	}
	const tick = 10 * time.Millisecond // sysconf(_SC_CLK_TCK) is 100 on Linux
	return time.Duration(user+system) * tick, nil
}

// Goroutines is how many goroutines a manager has that serves metrics.
func (m *Manager) Goroutines(ctx context.Context) (int, error) {
	n, err := ReadMetric(ctx, m.metrics, "go_goroutines")
	return int(n), err
}
