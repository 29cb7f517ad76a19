// Command controlplane is a Kubernetes control plane in one process: embedded etcd, the real
// kube-apiserver, and two controllers of kube-controller-manager (garbage collector, namespaces).
// It is also a multi-call binary: a link to it named etcd or kube-apiserver behaves as that program,
// which is all that controller-runtime's envtest asks of its assets folder.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/etcdmain"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/component-base/cli"
	"k8s.io/controller-manager/pkg/informerfactory"
	kubectl "k8s.io/kubectl/pkg/cmd"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/namespace"
)

func main() {
	switch filepath.Base(os.Args[0]) {
	case "etcd":
		etcdmain.Main(os.Args)
		return
	case "kubectl":
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			cmdutil.CheckErr(err)
		}
		return
	case "kube-apiserver":
		os.Exit(cli.Run(app.NewAPIServerCommand()))
	}
	dir := flag.String("dir", ".controlplane", "state folder")
	port := flag.Int("port", 0, "API server port (0: a free one)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	t0 := time.Now()
	if err := up(ctx, *dir, *port, t0); err != nil {
		log.Fatal(err)
	}
}

func freePort() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func up(ctx context.Context, dir string, port int, t0 time.Time) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if port == 0 {
		port = freePort()
	}
	p, err := makePKI(dir)
	if err != nil {
		return err
	}

	// etcd, in process, on a unix socket: no TCP port at all
	cfg := embed.NewConfig()
	cfg.Dir = filepath.Join(dir, "etcd")
	cfg.LogLevel = "error"
	cfg.UnsafeNoFsync = true
	sock := filepath.Join(dir, "etcd.sock")
	client := url.URL{Scheme: "unix", Path: sock}
	peer := url.URL{Scheme: "unix", Path: filepath.Join(dir, "peer.sock")}
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
	cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
	e, err := embed.StartEtcd(cfg)
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	defer e.Close()
	<-e.Server.ReadyNotify()
	log.Printf("etcd ready after %v", time.Since(t0))

	// kube-apiserver, in process
	o := options.NewServerRunOptions()
	fs := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	for _, f := range o.Flags().FlagSets {
		fs.AddFlagSet(f)
	}
	if err := fs.Parse([]string{
		"--etcd-servers=unix://" + sock,
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
		"--endpoint-reconciler-type=none",
		fmt.Sprintf("--secure-port=%d", port),
		"--tls-cert-file=" + p.serverCert, "--tls-private-key-file=" + p.serverKey,
		"--client-ca-file=" + p.caCert,
		"--service-account-issuer=https://127.0.0.1",
		"--service-account-key-file=" + p.saKey, "--service-account-signing-key-file=" + p.saKey,
		"--service-cluster-ip-range=10.0.0.0/24",
		"--authorization-mode=RBAC",
		"--disable-admission-plugins=ServiceAccount",
		"--allow-privileged=true",
	}); err != nil {
		return err
	}
	if err := o.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	done, err := o.Complete(ctx)
	if err != nil {
		return err
	}
	if errs := done.Validate(); len(errs) > 0 {
		return errs[0]
	}
	errc := make(chan error, 1)
	go func() { errc <- app.Run(ctx, done) }()

	kc := filepath.Join(dir, "kubeconfig")
	if err := p.writeKubeconfig(kc, fmt.Sprintf("https://127.0.0.1:%d", port)); err != nil {
		return err
	}
	rc, err := clientcmd.BuildConfigFromFlags("", kc)
	if err != nil {
		return err
	}
	rc.QPS, rc.Burst = 200, 400
	cs, err := kubernetes.NewForConfig(rc)
	if err != nil {
		return err
	}
	for {
		if _, err := cs.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx); err == nil {
			break
		}
		select {
		case err := <-errc:
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
	log.Printf("API server ready after %v; kubeconfig %s", time.Since(t0), kc)
	if err := controllers(ctx, rc, cs); err != nil {
		return err
	}
	log.Printf("garbage collector and namespace controller started after %v", time.Since(t0))
	return <-errc
}

func controllers(ctx context.Context, rc *rest.Config, cs *kubernetes.Clientset) error {
	mc, err := metadata.NewForConfig(rc)
	if err != nil {
		return err
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(cs.Discovery()))
	inf := informers.NewSharedInformerFactory(cs, 10*time.Minute)
	minf := metadatainformer.NewSharedInformerFactory(mc, 10*time.Minute)
	started := make(chan struct{})
	both := informerfactory.NewInformerFactory(inf, minf)
	gc, err := garbagecollector.NewGarbageCollector(ctx, cs, mc, mapper, garbagecollector.DefaultIgnoredResources(), both, started)
	if err != nil {
		return err
	}
	ns := namespace.NewNamespaceController(ctx, cs, mc, cs.Discovery().ServerPreferredNamespacedResources,
		inf.Core().V1().Namespaces(), 5*time.Minute, corev1.FinalizerKubernetes)
	both.Start(ctx.Done())
	close(started)
	go gc.Run(ctx, 4, 30*time.Second)
	go gc.Sync(ctx, cs.Discovery(), 5*time.Second)
	go ns.Run(ctx, 2)
	return nil
}
