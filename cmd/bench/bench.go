package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/sim"
	"github.com/fedroute/fedroute/internal/sim/farm"
	"github.com/fedroute/fedroute/test/cluster"
)

// bench is what all measurements share: an API server and the built manager.
type bench struct {
	bin, dir string
	cluster  *cluster.Cluster
	objects  client.Client
	rows     []row
}

// row is one line of the table.
type row struct{ what, figure, goal string }

func (b *bench) report(what, goal, format string, args ...any) {
	b.rows = append(b.rows, row{what, fmt.Sprintf(format, args...), goal})
}

func newBench(ctx context.Context, bin, dir string) (*bench, error) {
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	b := &bench{bin: bin, dir: dir}
	var err error
	if b.cluster, err = cluster.Start(ctx, bin, filepath.Join(dir, "cluster"), "config/crd/bases"); err != nil {
		return nil, err
	}
	b.objects, err = client.New(b.cluster.Config, client.Options{Scheme: scheme})
	return b, err
}

// manager starts the built manager on one namespace and gives its process id.
func (b *bench) manager(namespace string, args ...string) (pid int, stop func(), err error) {
	log, err := os.Create(filepath.Join(b.dir, "manager-"+namespace+".log"))
	if err != nil {
		return 0, nil, err
	}
	c := exec.Command(filepath.Join(b.bin, "manager"), append([]string{"--health-probe-bind-address=0", "--namespaces=" + namespace}, args...)...)
	c.Env = append(os.Environ(), "KUBECONFIG="+b.cluster.Kubeconfig)
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		return 0, nil, err
	}
	return c.Process.Pid, func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait()
		_ = log.Close()
	}, nil
}

// organization starts a simulated organization and describes it in the namespace.
func (b *bench) organization(ctx context.Context, namespace, name string, spec farm.Spec, clock farm.Clock, poll time.Duration) (*sim.Organization, error) {
	org, err := sim.Start(ctx, sim.Config{Spec: spec, Clock: clock})
	if err != nil {
		return nil, err
	}
	key := org.DNSKeys()[0]
	lt := &v1alpha1.LyncTopology{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	lt.Spec.CABundle = string(org.CA().CertPEM())
	lt.Spec.PollInterval.Duration = poll
	lt.Spec.Management.Authentication = authentication(name + "-manager")
	lt.Spec.EdgeServers = &v1alpha1.EdgeServers{Authentication: authentication(name + "-edge")}
	for _, e := range org.Endpoints() {
		url, server := v1alpha1.WSManURL(e.URL), v1alpha1.Hostname(e.Machine)
		if e.Role == farm.RoleEdge {
			lt.Spec.EdgeServers.Overrides = append(lt.Spec.EdgeServers.Overrides, v1alpha1.EdgeServerOverride{FQDN: server, URL: url, ServerName: server})
		} else {
			lt.Spec.Management.Endpoints = append(lt.Spec.Management.Endpoints, v1alpha1.Endpoint{URL: url, ServerName: server})
		}
	}
	return org, b.create(ctx,
		secret(namespace, name+"-manager", map[string]string{"username": org.DomainAccount().Name, "password": org.DomainAccount().Password}),
		secret(namespace, name+"-edge", map[string]string{"username": org.LocalAccount().Name, "password": org.LocalAccount().Password}),
		secret(namespace, name+"-dns", map[string]string{"name": key.Name, "algorithm": key.Algorithm, "secret": key.Secret}),
		lt)
}

func authentication(secret string) v1alpha1.Authentication {
	return v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: secret}}
}

func secret(namespace, name string, data map[string]string) client.Object {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, StringData: data}
}

// route describes a route over the organization's first SIP domain.
func route(namespace, name, topology, pool string, org *sim.Organization) *v1alpha1.FederationRoute {
	domain := org.Farm().Spec().SIPDomains[0]
	protocol := &v1alpha1.ProtocolRoute{Domains: []v1alpha1.Domain{{Name: v1alpha1.Hostname(domain), Host: v1alpha1.Hostname("fed." + domain)}}}
	r := &v1alpha1.FederationRoute{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	r.Spec.TopologyRef.Name = topology
	r.Spec.EdgePool = v1alpha1.Hostname(pool)
	r.Spec.SIP, r.Spec.XMPP = protocol, protocol
	r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "fe1.contoso.com"}}
	r.Spec.DNS = &v1alpha1.DNS{Servers: []v1alpha1.DNSServer{{Zone: v1alpha1.Hostname(domain), Address: org.DNSServers()[0],
		ReadBackFrom: org.DNSServers(), TSIGSecretRef: &v1alpha1.LocalReference{Name: topology + "-dns"}}}}
	return r
}

func (b *bench) create(ctx context.Context, objects ...client.Object) error {
	for _, o := range objects {
		if err := b.objects.Create(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) namespace(ctx context.Context, name string) error {
	return b.create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
}

// ready waits until the route's present spec is Ready and tells when that was seen.
func (b *bench) ready(ctx context.Context, r *v1alpha1.FederationRoute) (time.Time, error) {
	err := until(ctx, 20*time.Millisecond, func() (bool, error) {
		if err := b.objects.Get(ctx, client.ObjectKeyFromObject(r), r); err != nil {
			return false, err
		}
		return r.Status.ObservedGeneration == r.Generation && meta.IsStatusConditionTrue(r.Status.Conditions, v1alpha1.ConditionReady), nil
	})
	if err != nil {
		err = fmt.Errorf("route %s did not get ready: %w: %+v", r.Name, err, r.Status.Conditions)
	}
	return time.Now(), err
}

// until asks again and again until the answer is yes.
func until(ctx context.Context, every time.Duration, ok func() (bool, error)) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if done, err := ok(); done || err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// resident is a process's resident memory in MiB.
func resident(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
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
