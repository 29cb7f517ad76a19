// Command bench measures fedroute: requests and bytes of an observation, a whole
// failover against the time that the far side needs, writes to the API server
// while nothing changes, and the manager's memory. It prints a table and asserts
// nothing: machines are noisy.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/sim/farm"
	"github.com/fedroute/fedroute/test/cluster"
)

func main() {
	scale := flag.Int("scale", 10, "how much faster than lifelike the organization of the failover is")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *scale); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, scale int) error {
	dir, err := os.MkdirTemp("", "fedroute-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b, err := newBench(ctx, cluster.Bin("."), dir)
	if err != nil {
		return err
	}
	defer b.cluster.Stop()
	for _, measure := range []func(context.Context) error{
		b.observation,
		func(ctx context.Context) error { return b.failover(ctx, scale) },
		b.idle,
		func(ctx context.Context) error { return b.memory(ctx, 1, 1) },
		func(ctx context.Context) error { return b.memory(ctx, 100, 20) },
		func(ctx context.Context) error { return b.memory(ctx, 1000, 200) },
	} {
		bounded, cancel := context.WithTimeout(ctx, 15*time.Minute)
		err := measure(bounded)
		cancel()
		if err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, b.rows[len(b.rows)-1].what, "=", b.rows[len(b.rows)-1].figure)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "MEASURED\tFIGURE\tGOAL")
	for _, r := range b.rows {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.what, r.figure, r.goal)
	}
	return w.Flush()
}

// faster divides every duration.
func faster(d farm.Durations, by int) farm.Durations {
	for _, p := range []*farm.Duration{&d.PowerShellStart, &d.ModuleImport, &d.Cmdlet, &d.Publish, &d.Enable, &d.ReplicationNotice, &d.Replication,
		&d.ForcedReplication, &d.Setup, &d.ServiceStart, &d.ServiceStop, &d.Drain, &d.FailOver, &d.FailBack, &d.FailBackPerThousandUsers} {
		*p /= farm.Duration(by)
	}
	return d
}

// lists are the kinds that the manager may write.
func lists() []client.ObjectList {
	return []client.ObjectList{&v1alpha1.FederationRouteList{}, &v1alpha1.LyncTopologyList{}, &eventsv1.EventList{}}
}

func each(list client.ObjectList, versions map[string]string) error {
	return meta.EachListItem(list, func(o runtime.Object) error {
		item, err := meta.Accessor(o)
		if err != nil {
			return err
		}
		versions[fmt.Sprintf("%T/%s", o, item.GetName())] = item.GetResourceVersion()
		return nil
	})
}
