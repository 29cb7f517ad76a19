package main

import (
	"bytes"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"sigs.k8s.io/yaml"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/reach"
)

func TestAPIServersAreThoseOfConfigAndPod(t *testing.T) {
	pod := map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"}
	cases := map[string]struct {
		reason string
		host   string
		env    map[string]string
		want   []string
	}{
		"in a pod":       {"client-go makes the host of the two variables", "https://10.96.0.1:443", pod, []string{"10.96.0.1:443", "10.96.0.1:443"}},
		"a kubeconfig":   {"a name is resolved at each check", "https://api.example.com", nil, []string{"api.example.com:443"}},
		"both":           {"either leads to it", "https://192.0.2.1:6443/k8s", pod, []string{"192.0.2.1:6443", "10.96.0.1:443"}},
		"IPv6":           {"with its brackets", "https://[fd00::1]:6443", nil, []string{"[fd00::1]:6443"}},
		"without scheme": {"client-go takes that, too", "localhost:8080", nil, []string{"localhost:8080"}},
		"in the clear":   {"the port of its scheme", "http://localhost", nil, []string{"localhost:80"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := apiServers(c.host, func(name string) string { return c.env[name] })
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestTheManifestsDenyTheCluster: the shipped flags are taken, and leave no range of the
// defaults, of loopback and of the usual clusters open.
func TestTheManifestsDenyTheCluster(t *testing.T) {
	fs, s := registered()
	if err := fs.Parse(shippedArguments(t)); err != nil {
		t.Fatal(err)
	}
	if got, want := s.deny.String(), "169.254.0.0/16,fe80::/10,0.0.0.0/8,::/128,127.0.0.0/8,::1/128,10.244.0.0/16,10.96.0.0/12"; got != want {
		t.Errorf("denied are %s, want %s", got, want)
	}
	if s.allow.String() != "" || s.ports.String() != "53,88,443,5061,5269,5985,5986" {
		t.Errorf("allowed are %s and ports %s", s.allow.String(), s.ports.String())
	}
}

func shippedArguments(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../config/manager/manager.yaml")
	if err != nil {
		t.Fatal(err)
	}
	deployment, _, _ := bytes.Cut(text, []byte("\n---\n"))
	var d appsv1.Deployment
	if err := yaml.UnmarshalStrict(deployment, &d); err != nil {
		t.Fatal(err)
	}
	return d.Spec.Template.Spec.Containers[0].Args
}

func TestAManagerWarnsOfAnOpenCluster(t *testing.T) {
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	for name, c := range map[string]struct {
		service string
		pod     string
		lines   int
	}{
		"ranges of its own": {"10.43.0.1", "10.42.1.7/24", 2},
		"the usual ranges":  {"10.96.0.1", "10.244.1.7/24", 0},
		"no cluster":        {"", "192.168.1.7/24", 0},
	} {
		var out bytes.Buffer
		slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
		deny := reach.Denied()
		if err := deny.Set("127.0.0.0/8,10.244.0.0/16,10.96.0.0/12"); err != nil {
			t.Fatal(err)
		}
		ip, pod, err := net.ParseCIDR(c.pod)
		if err != nil {
			t.Fatal(err)
		}
		pod.IP = ip
		warnOfCluster(reach.New(deny, reach.CIDRs{}, reach.Known()), func(string) string { return c.service }, []net.Addr{pod})
		if n := strings.Count(out.String(), "--deny-cidr"); n != c.lines {
			t.Errorf("%s: %d warnings, want %d:\n%s", name, n, c.lines, &out)
		}
	}
}
