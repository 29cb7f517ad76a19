package powershell_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

// answer is the output of a script in the recorded notation.
type answer struct {
	Out    []string
	Errors []string // ids
	Code   int
}

// run runs a script in a new process with the core module; edit changes its options.
func run(t *testing.T, script string, edit ...func(*powershell.Options)) answer {
	t.Helper()
	var stdout, stderr bytes.Buffer
	o := powershell.Options{Notation: powershell.Recorded, Stdout: &stdout, Stderr: &stderr, Loaded: []*powershell.Module{utility.Core()}}
	for _, e := range edit {
		e(&o)
	}
	rs := powershell.New(o)
	defer rs.Close()
	code := rs.Run(t.Context(), script)
	a := answer{Out: lines(stdout.String()), Code: code}
	for _, line := range lines(stderr.String()) {
		id, _, _ := strings.Cut(line, "\t")
		a.Errors = append(a.Errors, id)
	}
	return a
}

func lines(s string) []string {
	s = strings.TrimSuffix(s, "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// cmdlet makes a command for tests.
func cmdlet(name string, process func(ctx context.Context, c *powershell.Call) error, parameters ...powershell.Parameter) *powershell.Command {
	return &powershell.Command{Name: name, Parameters: parameters, Process: process}
}

func module(commands ...*powershell.Command) *powershell.Module {
	return &powershell.Module{Name: "Farm", Version: "1.0", Commands: commands}
}
