package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/kubernetes/pkg/controlplane/apiserver/options"
)

// apiServer is a running kube-apiserver.
type apiServer struct {
	kubeconfig string
	config     *rest.Config
	clients    *kubernetes.Clientset
	ended      chan error
}

func startAPIServer(ctx context.Context, dir string, port int, p *pki) (*apiServer, error) {
	if port == 0 {
		free, err := freePort()
		if err != nil {
			return nil, err
		}
		port = free
	}
	completed, err := complete(ctx, dir, port, p)
	if err != nil {
		return nil, err
	}
	s := &apiServer{kubeconfig: filepath.Join(dir, "kubeconfig"), ended: make(chan error, 1)}
	go func() { s.ended <- serveAPI(ctx, completed) }()
	if err := p.writeKubeconfig(s.kubeconfig, fmt.Sprintf("https://127.0.0.1:%d", port)); err != nil {
		return nil, err
	}
	if s.config, err = clientcmd.BuildConfigFromFlags("", s.kubeconfig); err != nil {
		return nil, err
	}
	s.config.QPS, s.config.Burst = 200, 400
	s.clients, err = kubernetes.NewForConfig(s.config)
	return s, err
}

func complete(ctx context.Context, dir string, port int, p *pki) (options.CompletedOptions, error) {
	o := options.NewOptions()
	var sets cliflag.NamedFlagSets
	o.AddFlags(&sets)
	flags := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	for _, f := range sets.FlagSets {
		flags.AddFlagSet(f)
	}
	if err := flags.Parse([]string{
		"--etcd-servers=unix://" + filepath.Join(dir, "etcd.sock"),
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--tls-cert-file=" + p.serverCert, "--tls-private-key-file=" + p.serverKey,
		"--client-ca-file=" + p.caCert,
		"--service-account-issuer=https://127.0.0.1",
		"--service-account-key-file=" + p.saKey, "--service-account-signing-key-file=" + p.saKey,
		"--authorization-mode=RBAC",
		"--disable-admission-plugins=" + strings.Join(withoutPods, ","),
	}); err != nil {
		return options.CompletedOptions{}, err
	}
	if err := writeAuditLog(dir, o.Audit); err != nil {
		return options.CompletedOptions{}, err
	}
	if err := o.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return options.CompletedOptions{}, err
	}
	done, err := o.Complete(ctx, nil, nil)
	if err != nil {
		return done, err
	}
	return done, errors.Join(done.Validate()...)
}

// withoutPods are the admission plugins that are switched off. They decide about
// Pods and volumes, which are not used here, and most of them watch groups that are
// left out.
var withoutPods = []string{
	"ServiceAccount", "Priority", "RuntimeClass", "DefaultStorageClass", "PersistentVolumeClaimResize",
	"StorageObjectInUseProtection", "TaintNodesByCondition",
}

func (s *apiServer) waitReady(ctx context.Context) error {
	for {
		if _, err := s.clients.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx); err == nil {
			return nil
		}
		select {
		case err := <-s.ended:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
