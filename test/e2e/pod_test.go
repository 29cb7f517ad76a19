//go:build e2e

package e2e_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// pod is a running replica of a Deployment.
type pod struct {
	*exec.Cmd
	deployment *appsv1.Deployment
	address    string // on loopback; no other pod has it
	log        *spoken
	ended      chan error
}

// spoken is the text that a process has written so far.
type spoken struct {
	sync.Mutex
	bytes.Buffer
}

func (s *spoken) Write(p []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	return s.Buffer.Write(p)
}

func (s *spoken) String() string {
	s.Lock()
	defer s.Unlock()
	return s.Buffer.String()
}

// start runs a replica with the arguments and the environment of the Deployment, and with
// nothing else from this process's environment. Two flags more let it reach organizations on
// loopback, which the flags of the Deployment deny. The replica runs as the Deployment's
// account, without rights on this machine. Its file system has the files that a container
// of the image would have, and cannot be written to. Only the bind addresses differ, so
// that two replicas fit on one machine.
func start(t *testing.T, d *appsv1.Deployment) *pod {
	t.Helper()
	return startWith(t, d, "--allow-cidr=127.0.0.0/8", "--allow-port=5300")
}

// startWith is start with other flags after those of the Deployment.
func startWith(t *testing.T, d *appsv1.Deployment, more ...string) *pod {
	t.Helper()
	p := &pod{deployment: d, address: freeAddress(t, d), log: new(spoken), ended: make(chan error, 1)}
	env := environment(t, d)
	p.Cmd = exec.Command("/manager", append(arguments(d, env, p.address), more...)...)
	for name, value := range env {
		p.Env = append(p.Env, name+"="+value)
	}
	p.Dir, p.Stderr, p.SysProcAttr = "/", p.log, confined(container(t, d))
	if err := p.Start(); err != nil {
		t.Fatalf("start a replica with a root folder of its own, which takes root or user namespaces: %v", err)
	}
	go func() { p.ended <- p.Wait() }()
	t.Cleanup(func() {
		_ = p.Process.Kill() // a process that has ended already has nothing to lose
		<-p.ended
		if t.Failed() {
			t.Logf("manager of %s at %s:\n%s", d.Namespace, p.address, p.log)
		}
	})
	return p
}

// replicas starts as many replicas as the Deployment says and waits until they are ready.
func replicas(t *testing.T, d *appsv1.Deployment) []*pod {
	t.Helper()
	var all []*pod
	for range *d.Spec.Replicas {
		all = append(all, start(t, d))
	}
	for _, p := range all {
		eventually(t, "the replica is ready", p.ready)
	}
	return all
}

// environment returns the variables that the kubelet would set.
func environment(t *testing.T, d *appsv1.Deployment) map[string]string {
	t.Helper()
	host, port, err := net.SplitHostPort(strings.TrimPrefix(plane.Config.Host, "https://"))
	must(t, err)
	env := map[string]string{"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}
	for _, v := range only(d).Env {
		env[v.Name] = v.Value
		if from := v.ValueFrom; from != nil {
			if r := from.ResourceFieldRef; r != nil && r.ContainerName == "" && r.Resource == "limits.memory" && r.Divisor.IsZero() {
				env[v.Name] = strconv.FormatInt(only(d).Resources.Limits.Memory().Value(), 10)
				continue
			}
			if from.FieldRef == nil || from.FieldRef.FieldPath != "metadata.namespace" {
				t.Fatalf("environment variable %s: this suite does not know where it comes from", v.Name)
			}
			env[v.Name] = d.Namespace
		}
	}
	return env
}

var (
	reference = regexp.MustCompile(`\$\(([A-Za-z_][A-Za-z0-9_]*)\)`)
	bind      = regexp.MustCompile(`^(--[a-z-]+-bind-address=):`)
)

// arguments returns those of the Deployment. References to the environment are replaced as
// the kubelet does, and the programs listen on the address.
func arguments(d *appsv1.Deployment, env map[string]string, address string) []string {
	var args []string
	for _, a := range only(d).Args {
		a = reference.ReplaceAllStringFunc(a, func(r string) string { return env[strings.Trim(r, "$()")] })
		args = append(args, bind.ReplaceAllString(a, "${1}"+address+":"))
	}
	return args
}

// only returns the one container of the Deployment.
func only(d *appsv1.Deployment) *corev1.Container { return &d.Spec.Template.Spec.Containers[0] }

// freeAddress finds a loopback address at which all ports of the container are free.
func freeAddress(t *testing.T, d *appsv1.Deployment) string {
	t.Helper()
	for range 100 {
		address := fmt.Sprintf("127.91.%d.%d", rand.IntN(256), 1+rand.IntN(254))
		free := true
		for _, p := range only(d).Ports {
			l, err := net.Listen("tcp", net.JoinHostPort(address, fmt.Sprint(p.ContainerPort)))
			if free = free && err == nil; err == nil {
				_ = l.Close()
			}
		}
		if free {
			return address
		}
	}
	t.Fatal("no loopback address is free")
	return ""
}

// get asks a named port of the pod.
func (p *pod) get(port, path string) (int, string) {
	for _, named := range only(p.deployment).Ports {
		if named.Name != port {
			continue
		}
		resp, err := (&http.Client{Timeout: 5 * time.Second}).Get(fmt.Sprintf("http://%s:%d%s", p.address, named.ContainerPort, path))
		if err != nil {
			return 0, err.Error()
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(text)
	}
	return 0, "the container has no port " + port
}

// passes reports whether a probe of the kubelet succeeds.
func (p *pod) passes(probe *corev1.Probe) bool {
	code, _ := p.get(probe.HTTPGet.Port.String(), probe.HTTPGet.Path)
	return code == http.StatusOK
}

func (p *pod) ready() bool { return p.passes(only(p.deployment).ReadinessProbe) }
func (p *pod) alive() bool { return p.passes(only(p.deployment).LivenessProbe) }

// leads reports whether the pod has the lease, from its metrics.
func (p *pod) leads() bool {
	_, metrics := p.get("metrics", "/metrics")
	return strings.Contains(metrics, `leader_election_master_status{name="fedroute.fedroute.io"} 1`)
}

// stops sends SIGTERM and checks that the process ends within the pod's grace period. After
// that period the kubelet would kill it.
func (p *pod) stops(t *testing.T, state string) {
	t.Helper()
	p.withinMemory(t, state)
	grace := time.Duration(*p.deployment.Spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second
	began := time.Now()
	must(t, p.Process.Signal(syscall.SIGTERM))
	select {
	case err := <-p.ended:
		p.ended <- err
		if err != nil {
			t.Errorf("%s: told to stop, the manager ended with %v", state, err)
		}
		t.Logf("%s: ended %s after SIGTERM", state, time.Since(began).Round(time.Millisecond))
	case <-time.After(grace):
		t.Fatalf("%s: the manager still ran %s after SIGTERM", state, grace)
	}
}

// crashes ends the process at once.
func (p *pod) crashes(t *testing.T, state string) {
	t.Helper()
	p.withinMemory(t, state)
	must(t, p.Process.Kill())
	p.ended <- <-p.ended
}
