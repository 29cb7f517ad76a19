// Command differential gives snippets of PowerShell to the simulator's evaluator and
// compares its answers with those of the real engine.
//
// FEDROUTE_SNIPPETS names a folder with recorded answers (answers.jsonl.gz). The last
// line that it prints counts them; it fails when more differ or are refused than may.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	show := flag.String("show", "", "print the verdicts of this kind that are not the recorded answer; all: of every kind")
	flag.Parse()
	if err := run(os.Stdout, os.Getenv("FEDROUTE_SNIPPETS"), *show); err != nil {
		fmt.Fprintln(os.Stderr, "differential:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, folder, show string) error {
	if folder == "" {
		_, err := fmt.Fprintln(out, "differential: not run, FEDROUTE_SNIPPETS names no folder with recorded answers")
		return err
	}
	list, err := readFile(filepath.Join(folder, "answers.jsonl.gz"))
	if err != nil {
		return err
	}
	r := newReport()
	for _, s := range list {
		v := judge(s)
		r.add(v)
		if v.outcome != same && (show == "all" || show == s.Group) {
			v.print(out)
		}
	}
	r.print(out)
	return r.missed()
}
