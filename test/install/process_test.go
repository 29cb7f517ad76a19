package install_test

import (
	"bytes"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// process is a running manager.
type process struct {
	*exec.Cmd
	health string
	log    *spoken
	ended  chan error
}

// spoken is what a process wrote so far.
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

// start runs the manager as the account, with the arguments of the Deployment.
// Only its lease's namespace, which a pod finds by itself, and its ports differ.
func start(t *testing.T, a *corev1.ServiceAccount) *process {
	t.Helper()
	p := &process{health: freeAddress(t), log: new(spoken), ended: make(chan error, 1)}
	args := slices.Concat(deployed(t).Spec.Template.Spec.Containers[0].Args, []string{"--metrics-bind-address=0", "--health-probe-bind-address=" + p.health,
		"--leader-elect-namespace=" + a.Namespace, "--kubeconfig=" + kubeconfig(t, a)})
	p.Cmd = exec.Command(filepath.Join(folder, "manager"), args...)
	p.Stderr = p.log
	must(t, p.Start())
	go func() { p.ended <- p.Wait() }()
	t.Cleanup(func() {
		_ = p.Process.Kill() // one that ended already has nothing to lose
		<-p.ended
		if t.Failed() {
			t.Logf("manager of %s:\n%s", a.Name, p.log)
		}
	})
	return p
}

// kubeconfig is a client's file with a token that the API server gave out for the
// account, as a pod has one.
func kubeconfig(t *testing.T, a *corev1.ServiceAccount) string {
	t.Helper()
	var token authenticationv1.TokenRequest
	must(t, objects.SubResource("token").Create(t.Context(), a, &token))
	c := clientcmdapi.NewConfig()
	admin, err := clientcmd.LoadFromFile(plane.Kubeconfig)
	must(t, err)
	c.Clusters, c.CurrentContext = admin.Clusters, "account"
	c.AuthInfos["account"] = &clientcmdapi.AuthInfo{Token: token.Status.Token}
	c.Contexts["account"] = &clientcmdapi.Context{Cluster: admin.Contexts[admin.CurrentContext].Cluster, AuthInfo: "account"}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	must(t, clientcmd.WriteToFile(*c, path))
	return path
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// says tells whether a probe of the kubelet succeeds.
func (p *process) says(path string) bool {
	resp, err := http.Get("http://" + p.health + path)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// stops sends SIGTERM and holds the process to the pod's grace period, after
// which the kubelet would kill it.
func (p *process) stops(t *testing.T, state string) {
	t.Helper()
	grace := time.Duration(*deployed(t).Spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second
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

// TestTheInstalledManagerWorks as the account of the install: one leads, one
// stands by, and the API server refuses nothing.
func TestTheInstalledManagerWorks(t *testing.T) {
	a := account(t)
	leader := start(t, a)
	eventually(t, "the leader is ready", func() bool { return leader.says("/readyz") })
	var told corev1.EventList
	eventually(t, "the election is told of", func() bool {
		must(t, objects.List(t.Context(), &told, client.InNamespace(a.Namespace)))
		return slices.ContainsFunc(told.Items, func(e corev1.Event) bool { return e.Reason == "LeaderElection" })
	})
	standby := start(t, a)
	eventually(t, "the standby is ready", func() bool { return standby.says("/readyz") })

	lt := &v1alpha1.LyncTopology{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "contoso"}}
	lt.Spec.Management.Endpoints = []v1alpha1.Endpoint{{URL: "https://fe1.contoso.com:5986/wsman"}}
	lt.Spec.Management.Authentication = v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: "nowhere"}}
	must(t, objects.Create(t.Context(), lt))
	eventually(t, "the topology's status tells that its Secret is not there", func() bool {
		must(t, objects.Get(t.Context(), client.ObjectKeyFromObject(lt), lt))
		ready := meta.FindStatusCondition(lt.Status.Conditions, v1alpha1.ConditionReady)
		return ready != nil && ready.Reason == v1alpha1.ReasonSecretMissing
	})
	eventually(t, "an event tells it too", func() bool {
		must(t, objects.List(t.Context(), &told, client.InNamespace(lt.Namespace)))
		return len(told.Items) > 0
	})

	standby.stops(t, "standby")
	leader.stops(t, "leader")
	for _, p := range []*process{leader, standby} {
		if strings.Contains(p.log.String(), "forbidden") {
			t.Errorf("the API server refused something:\n%s", p.log)
		}
	}
}

// TestAManagerWithoutRights knows no object: it is alive, is not ready, ends when
// it is told to, and goes on once it may.
func TestAManagerWithoutRights(t *testing.T) {
	a := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "stranger"}}
	must(t, objects.Create(t.Context(), a))
	refused := start(t, a)
	waits := start(t, a)
	for _, p := range []*process{refused, waits} {
		eventually(t, "the API server refuses a list", func() bool { return strings.Contains(p.log.String(), "forbidden") })
		if !p.says("/healthz") {
			t.Error("the manager is not alive: the kubelet would restart it, which grants no rights")
		}
		if p.says("/readyz") {
			t.Error("the manager is ready and has not read an object")
		}
	}
	refused.stops(t, "forbidden")

	binding := &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "stranger"},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "fedroute-manager"},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: a.Namespace, Name: a.Name}}}
	must(t, objects.Create(t.Context(), binding))
	eventually(t, "the manager is ready once it may list", func() bool { return waits.says("/readyz") })
	eventually(t, "the log tells that it may not have the lease", func() bool { return strings.Contains(waits.log.String(), "leases.coordination.k8s.io") })
	waits.stops(t, "without the right to a lease")
}
