// Command report reads the events of go test -json from standard input. It prints
// one line per interop case as the case ends, and writes the table docs/interop.md.
//
// A case is a test with attributes of t.Attr: "case" says in one line who does what,
// and "with" names the Debian packages, Go modules, Python packages and judges that take
// part.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go test -json … | report FILE")
		os.Exit(2)
	}
	if err := run(os.Stdin, os.Stdout, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer, file string) error {
	r, err := read(in, out)
	if err != nil {
		return err
	}
	versions, err := versionsOf(r.programs())
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, []byte(table(r.cases, versions)), 0o644); err != nil {
		return err
	}
	if r.failures > 0 {
		return fmt.Errorf("%d cases, %d tests or packages failed; what they said stands above", len(r.cases), r.failures)
	}
	if len(r.cases) == 0 {
		return fmt.Errorf("no test announced itself as a case, so nothing was judged")
	}
	_, err = fmt.Fprintf(out, "interop: PASS (%d cases), table in %s\n", len(r.cases), file)
	return err
}

// event is a line of go test -json; see go doc test2json.
type event struct {
	Action, Package, Test, Key, Value, Output string
	ImportPath                                string // of build events only
}

// verdict is a case and its result.
type verdict struct {
	Case   string
	With   []string
	Passed bool
}

// record is the result of a whole run.
type record struct {
	cases    []verdict
	failures int
}

func (r record) programs() []string {
	var names []string
	for _, c := range r.cases {
		names = append(names, c.With...)
	}
	return names
}

// read reads the events to their end and prints each case when it ends.
func read(in io.Reader, out io.Writer) (record, error) {
	var r record
	open := map[string]*verdict{}
	said := map[string]*strings.Builder{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return r, fmt.Errorf("not an event of go test -json: %q", lines.Text())
		}
		id := e.ImportPath + e.Package + " " + e.Test
		if e.Action == "skip" && e.Test == "" {
			continue // a package without tests
		}
		switch e.Action {
		case "attr":
			if open[id] == nil {
				open[id] = &verdict{}
			}
			open[id].note(e.Key, e.Value)
		case "output", "build-output":
			if said[id] == nil {
				said[id] = &strings.Builder{}
			}
			said[id].WriteString(e.Output)
		case "fail", "skip", "build-fail":
			r.failures++
			if said[id] != nil {
				fmt.Fprint(out, said[id].String())
			}
			r.end(out, open[id], false)
		case "pass":
			delete(said, id)
			r.end(out, open[id], true)
		}
	}
	return r, lines.Err()
}

func (v *verdict) note(key, value string) {
	switch key {
	case "case":
		v.Case = value
	case "with":
		v.With = strings.Fields(value)
	}
}

// end prints a case's verdict. A skipped case counts as failed, because nothing was
// tested.
func (r *record) end(out io.Writer, v *verdict, passed bool) {
	if v == nil || v.Case == "" {
		return
	}
	v.Passed = passed
	r.cases = append(r.cases, *v)
	fmt.Fprintf(out, "%-4s  %s\n", word(passed), v.Case)
}

func word(passed bool) string {
	if passed {
		return "pass"
	}
	return "FAIL"
}
