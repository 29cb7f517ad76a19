// Command controlplane is a Kubernetes control plane in one process for demos and
// tests. It has an embedded etcd, an API server made of kube-apiserver's own parts,
// and two controllers of kube-controller-manager (garbage collector, namespaces). It
// listens on loopback only.
//
// A link to it named kubectl behaves as kubectl. Parts of the API server and of
// kubectl that the project does not use are left out, because they would make the
// first build take longer.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"k8s.io/component-base/cli"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

func main() {
	if filepath.Base(os.Args[0]) == "kubectl" {
		if err := cli.RunNoErrOutput(kubectl(os.Args[1:])); err != nil {
			cmdutil.CheckErr(err)
		}
		return
	}
	dir := flag.String("dir", ".controlplane", "folder for state, certificates and the kubeconfig")
	port := flag.Int("port", 0, "port of the API server on 127.0.0.1; 0 takes a free one")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *dir, *port); err != nil {
		log.Fatal(err)
	}
}

// run serves until ctx ends. It prints "ready KUBECONFIG" once clients can connect.
func run(ctx context.Context, dir string, port int) error {
	began := time.Now()
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	certificates, err := makePKI(dir)
	if err != nil {
		return err
	}
	etcd, err := startEtcd(dir)
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	defer etcd.Close()
	api, err := startAPIServer(ctx, dir, port, certificates)
	if err != nil {
		return fmt.Errorf("kube-apiserver: %w", err)
	}
	if err := api.waitReady(ctx); err != nil {
		return fmt.Errorf("kube-apiserver: %w", err)
	}
	if err := startControllers(ctx, api); err != nil {
		return fmt.Errorf("controllers: %w", err)
	}
	log.Printf("control plane ready after %v", time.Since(began).Round(time.Millisecond))
	fmt.Println("ready", api.kubeconfig)
	return <-api.ended
}
