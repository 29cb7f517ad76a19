//go:build e2e

// Package e2e_test installs what is shipped and lives with it. config/default and
// config/namespaced are applied to a bare API server as they lie; replicas of the
// manager run as the Deployments say, as the accounts that the install makes; a
// simulated organization is moved by them. make e2e runs it.
//
// There is no kubelet and no container runtime: docs/install.md says what is not
// proven for want of them.
package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/test/support/cluster"
)

const root = "../.."

// The namespaces of the two variants.
const (
	everywhere = "fedroute-system" // config/default
	inside     = "fedroute"        // config/namespaced
)

var (
	folder  string // folder for the files of a run; removed at its end
	plane   *cluster.Cluster
	objects client.Client
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var err error
	if folder, err = os.MkdirTemp("", "fedroute-e2e"); err != nil {
		return complain(err)
	}
	defer os.RemoveAll(folder)
	if err = copyProgram(filepath.Join(folder, "manager"), filepath.Join(cluster.Bin(root), "manager")); err != nil {
		return complain(fmt.Errorf("%w (make build builds it)", err))
	}
	none := filepath.Join(folder, "none") // the installation brings the CRDs
	if err = os.Mkdir(none, 0o700); err != nil {
		return complain(err)
	}
	if plane, err = cluster.Start(ctx, cluster.Bin(root), folder, none); err != nil {
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
	for _, args := range [][]string{
		{"apply", "-k", root + "/config/default"},
		// The API server may take for ever to delete a definition that it does not serve yet.
		{"wait", "--for=condition=Established", "crd", "--all"},
		// The other variant finds the objects of config/cluster, and nothing else of the
		// first variant.
		{"delete", "-k", root + "/config/cluster"},
		{"apply", "-k", root + "/config/cluster"},
		{"create", "namespace", inside},
		{"apply", "-k", root + "/config/namespaced"},
	} {
		if err := kubectl(ctx, args...); err != nil {
			return complain(err)
		}
	}
	return m.Run()
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// kubectl runs kubectl as the cluster's administrator. A warning of the API server is an
// error.
func kubectl(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(cluster.Bin(root), "kubectl"), append([]string{"--kubeconfig", plane.Kubeconfig}, args...)...)
	out, err := cmd.CombinedOutput()
	if err == nil && bytes.Contains(out, []byte("Warning")) {
		err = errors.New("it warns")
	}
	if err != nil {
		return fmt.Errorf("kubectl %v: %w\n%s", args, err, out)
	}
	return nil
}

func copyProgram(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if closing := out.Close(); err == nil {
		err = closing
	}
	return err
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
	deadline := time.Now().Add(90 * time.Second) // generous: the test does not measure speed
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: it took too long", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// deployed returns the one Deployment of a variant.
func deployed(t *testing.T, namespace string) *appsv1.Deployment {
	t.Helper()
	var all appsv1.DeploymentList
	must(t, objects.List(t.Context(), &all, client.InNamespace(namespace)))
	if len(all.Items) != 1 {
		t.Fatalf("%d Deployments are in namespace %s, want 1", len(all.Items), namespace)
	}
	return &all.Items[0]
}

// account returns the service account of the Deployment's pods. It must exist.
func account(t *testing.T, d *appsv1.Deployment) *corev1.ServiceAccount {
	t.Helper()
	var a corev1.ServiceAccount
	must(t, objects.Get(t.Context(), client.ObjectKey{Namespace: d.Namespace, Name: d.Spec.Template.Spec.ServiceAccountName}, &a))
	return &a
}

// user returns the account's user name in requests.
func user(a *corev1.ServiceAccount) string {
	return "system:serviceaccount:" + a.Namespace + ":" + a.Name
}
