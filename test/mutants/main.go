// Command mutants changes the product's source in small ways, one at a time, and says which
// changes its tests notice.
//
// A mutant is one comparison, boolean, early return or error path of a package that decides
// or acts, written another way. The seed chooses the mutants; each package gives as many as
// its share of all places. A mutant is killed when a test of its own package fails, or else
// a test of a package that imports it, in the product's module or among the suites beside it.
// What only a scenario on a real API server would notice does not count. A change that does
// not compile is no mutant, and another takes its place. The source itself is not touched:
// the change is an overlay of the build. All mutants are compiled into the test programs
// once, and an environment variable chooses one of them. A change that cannot be written so
// is compiled alone. The last line that the command prints counts the mutants.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

// options say which mutants are made and how the tests are run.
type options struct {
	root   string // of the product's module
	n      int
	seed   uint64
	shard  int // of shards, from 0
	shards int
	first  int // so often the tests have to pass unchanged
}

func main() {
	o := options{root: ".."}
	flag.IntVar(&o.n, "n", 500, "how many mutants, over all shards")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().Unix()), "chooses the mutants")
	flag.IntVar(&o.shards, "shards", 1, "parts of the work")
	flag.IntVar(&o.shard, "shard", 0, "which of them is done, from 0")
	flag.IntVar(&o.first, "first", 20, "so often the tests have to pass unchanged before")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := o.run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func (o options) run(ctx context.Context, out io.Writer) error {
	if o.shards < 1 || o.shard < 0 || o.shard >= o.shards {
		return fmt.Errorf("there is no shard %d of %d", o.shard, o.shards)
	}
	all, err := places(o.root)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	suites, err := suitesOf(ctx, o.root, folder, packagesOf(all))
	if err != nil {
		return err
	}
	var queues [][]place
	for i, queue := range sample(all, o.n, o.seed) {
		if i%o.shards == o.shard {
			queues = append(queues, queue)
		}
	}
	h := hunt{suites: suites, excused: excuses, out: out}
	return h.judge(ctx, queues, o.first)
}
