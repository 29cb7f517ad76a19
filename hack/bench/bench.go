package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/fedroute/fedroute/hack/bench/peers"
	"github.com/fedroute/fedroute/hack/bench/stage"
)

// bench measures fedroute, and what others do beside it where that is wanted.
type bench struct {
	*stage.Stage
	movers []peers.Mover // make planned moves beside fedroute's
	rows   []row
}

// row is one line of the table.
type row struct{ what, figure, goal string }

func (b *bench) report(what, goal, format string, args ...any) {
	b.rows = append(b.rows, row{what, fmt.Sprintf(format, args...), goal})
}

// run measures one thing after another, or the one of the name only.
func (b *bench) run(ctx context.Context, only string, scale int) error {
	measures := []struct {
		name string
		do   func(context.Context) error
	}{
		{"observation", b.observation},
		{"ways-in", b.waysIn},
		{"failover", func(ctx context.Context) error { return b.failover(ctx, scale) }},
		{"outage", b.outage},
		{"disaster", func(ctx context.Context) error { return b.disaster(ctx, scale) }},
		{"rollback", b.rollback},
		{"hostile", b.besideHostile},
		{"hostile", b.eachHostile},
		{"idle", b.idle},
		{"memory", func(ctx context.Context) error { return b.memory(ctx, 1, 1) }},
		{"memory", func(ctx context.Context) error { return b.memory(ctx, 100, 20) }},
		{"memory", func(ctx context.Context) error { return b.memory(ctx, 1000, 200) }},
	}
	for _, m := range measures {
		if only != "" && m.name != only {
			continue
		}
		bounded, cancel := context.WithTimeout(ctx, 15*time.Minute)
		err := m.do(bounded)
		cancel()
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		fmt.Fprintln(os.Stderr, b.rows[len(b.rows)-1].what, "=", b.rows[len(b.rows)-1].figure)
	}
	if len(b.rows) == 0 {
		return fmt.Errorf("nothing is called %s; there are observation, ways-in, failover, outage, disaster, rollback, hostile, idle and memory", only)
	}
	return nil
}

func (b *bench) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "MEASURED\tFIGURE\tGOAL")
	for _, r := range b.rows {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.what, r.figure, r.goal)
	}
	return w.Flush()
}
