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
	"path/filepath"
	"strconv"
	"time"
)

// options say which mutants are made and how the tests are run.
type options struct {
	root    string // of the product's module
	ledgers string // folder
	n       int
	seed    uint64
	first   int // so often the tests have to pass unchanged
	time    time.Duration
}

func main() {
	o := options{root: "..", ledgers: filepath.Join("mutants", "seeds")}
	flag.IntVar(&o.n, "n", 500, "how many mutants")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().Unix()), "chooses the mutants")
	flag.IntVar(&o.first, "first", 20, "so often the tests have to pass unchanged before")
	flag.DurationVar(&o.time, "for", 24*time.Hour, "ends the part that is done now; the same command continues")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := o.run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func (o options) run(ctx context.Context, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, o.time)
	defer cancel()
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
	ledger, err := ledgerOf(filepath.Join(o.ledgers, strconv.FormatUint(o.seed, 10)+".tsv"))
	if err != nil {
		return err
	}
	h := hunt{suites: suites, ledger: ledger, excuses: excuses, out: out}
	return h.judge(ctx, sample(all, o.n, o.seed), o.first)
}
