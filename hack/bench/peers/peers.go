// Package peers compares fedroute with other programs at the same job: with Ansible
// and pywinrm in the same simulated organization, and with external-dns on the same
// BIND. docs/benchmarks.md and test/data/peers/README.md explain what is compared
// and why the comparison is fair.
package peers

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/fedroute/fedroute/hack/bench/stage"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// Options set how often to measure and where programs and files are.
type Options struct {
	Repeat      int
	ExternalDNS string // the program of hack/peers
	Page        string // the page with the tables
}

// limit is the longest that one part of the comparison may take.
const limit = 30 * time.Minute

// Run measures everything, prints the tables and writes them into the page.
func Run(ctx context.Context, s *stage.Stage, o Options) error {
	durations, err := farm.Profile("lifelike")
	if err != nil {
		return err
	}
	c := &comparison{stage: s, repeat: o.Repeat, durations: durations}
	var r report
	for _, part := range []struct {
		table func(io.Writer)
		run   func(context.Context) error
	}{
		{r.tellNames, func(ctx context.Context) (err error) { r.names, err = c.names(ctx, o.ExternalDNS); return err }},
		{r.tellDrift, func(ctx context.Context) (err error) { r.drift, err = c.drift(ctx); return err }},
		{r.tellFailover, func(ctx context.Context) (err error) { r.failover, err = c.failover(ctx); return err }},
	} {
		bounded, cancel := context.WithTimeout(ctx, limit)
		err := part.run(bounded)
		cancel()
		if err != nil {
			return err
		}
		part.table(os.Stdout) // each table is printed as soon as it is known, because the whole takes long
	}
	r.goals(os.Stdout)
	return r.write(o.Page)
}

// comparison is what the parts of the comparison share.
type comparison struct {
	stage     *stage.Stage
	repeat    int
	durations farm.Durations
}
