// Command differential gives snippets of PowerShell to the simulator's evaluator and
// compares its answers with those of the real engine.
//
// FEDROUTE_SNIPPETS names a folder with recorded answers (answers.jsonl.gz).
// FEDROUTE_POWERSHELL names a real PowerShell. The command asks it about new snippets,
// which it makes from a seed. The last line that it prints counts all snippets. The
// command fails when more of them differ or are refused than allowed.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// options say which snippets are judged and what is printed.
type options struct {
	folder, program string
	seed            uint64
	fresh           int
	show            string
}

func main() {
	o := options{folder: os.Getenv("FEDROUTE_SNIPPETS"), program: os.Getenv("FEDROUTE_POWERSHELL")}
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().Unix()), "of the new snippets")
	flag.IntVar(&o.fresh, "new", 1000, "how many new snippets a real PowerShell is asked about")
	flag.StringVar(&o.show, "show", "", "print the verdicts of this kind that are not the recorded answer; all: of every kind")
	flag.Parse()
	if err := o.run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "differential:", err)
		os.Exit(1)
	}
}

func (o options) run(ctx context.Context, out io.Writer) error {
	list, err := o.snippets(ctx, out)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "differential: not run, neither FEDROUTE_SNIPPETS nor FEDROUTE_POWERSHELL is set")
		return err
	}
	r := newReport()
	for _, s := range list {
		v := judge(s)
		r.add(v)
		if v.outcome != same && (o.show == "all" || o.show == s.Group) {
			v.print(out)
		}
	}
	r.print(out)
	return r.missed()
}

// snippets returns the recorded snippets and, with a real PowerShell, the new ones.
func (o options) snippets(ctx context.Context, out io.Writer) ([]snippet, error) {
	var list []snippet
	var err error
	if o.folder != "" {
		if list, err = readFile(filepath.Join(o.folder, "answers.jsonl.gz")); err != nil {
			return nil, err
		}
	}
	if o.program == "" {
		return list, nil
	}
	_, _ = fmt.Fprintf(out, "%d new snippets of the seed %d are given to %s\n", o.fresh, o.seed, o.program)
	fresh := generate(o.seed, o.fresh)
	if err := ask(ctx, o.program, fresh); err != nil {
		return nil, err
	}
	return append(list, fresh...), nil
}
