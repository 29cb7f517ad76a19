// Command bench measures fedroute: the requests and bytes of an observation, the
// time of a whole failover compared with the time that the remote commands need, the
// writes to the API server while nothing changes, the manager's memory, and how the
// neighbour of somebody who means harm fares. With --peers it also compares fedroute
// with Ansible, pywinrm and external-dns at the same job. It prints a table. It fails
// on no figure, because the figures depend on the machine and its load.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/fedroute/fedroute/hack/bench/peers"
	"github.com/fedroute/fedroute/hack/bench/stage"
	"github.com/fedroute/fedroute/internal/version"
	"github.com/fedroute/fedroute/test/support/cluster"
)

func main() {
	scale := flag.Int("scale", 10, "how much faster than lifelike the organization of the failover is")
	only := flag.String("only", "", "measure one thing: observation, ways-in, failover, outage, disaster, rollback, hostile, idle or memory")
	beside := flag.Bool("peers", false, "measure side by side with other programs instead (with --only outage: the outage alone)")
	var o peers.Options
	flag.IntVar(&o.Repeat, "repeat", 5, "with --peers: how often each drift check and each DNS change is measured")
	flag.StringVar(&o.ExternalDNS, "external-dns", "bin/peers", "with --peers: the program built from hack/peers")
	flag.StringVar(&o.Page, "page", "docs/benchmarks.md", "with --peers: the page whose tables are written anew")
	said := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *said {
		fmt.Println("bench version", version.String())
		return
	}
	if *beside && *only != "" && *only != "outage" {
		fmt.Fprintf(os.Stderr, "bench: with --peers only outage can be measured alone, not %s\n", *only)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := onStage(ctx, func(s *stage.Stage) error {
		b := &bench{Stage: s}
		if *beside {
			b.movers = peers.Movers()
			if *only == "" {
				if err := peers.Run(ctx, s, o); err != nil {
					return err
				}
				*only = "outage"
			}
		}
		return errors.Join(b.run(ctx, *only, *scale), b.print(os.Stdout)) // what was measured before a failure is printed, too
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func onStage(ctx context.Context, measure func(*stage.Stage) error) error {
	dir, err := os.MkdirTemp("", "fedroute-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s, err := stage.New(ctx, cluster.Bin("."), dir)
	if err != nil {
		return err
	}
	defer s.Close()
	return measure(s)
}
