package utility_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

// oneLiner is a script with its expected output, a line per object, and the ids of its
// expected errors.
type oneLiner struct {
	reason string
	core   bool // PowerShell 7
	script string
	want   []string
	errors []string
}

// check runs each script in a process of its own.
func check(t *testing.T, cases map[string]oneLiner) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			out, errs := run(t, powershell.Options{Edition: edition(tc.core)}, tc.script)
			if diff := cmp.Diff(tc.want, out); diff != "" {
				t.Errorf("%s: %s: output (-want +got):\n%s\nerrors: %q", tc.reason, tc.script, diff, errs)
			}
			if diff := cmp.Diff(tc.errors, ids(errs)); diff != "" {
				t.Errorf("%s: %s: errors (-want +got):\n%s\nin full: %q", tc.reason, tc.script, diff, errs)
			}
		})
	}
}

func edition(core bool) powershell.Edition {
	if core {
		return powershell.Core7
	}
	return powershell.Windows51
}

// run runs a script and gives its output and its error lines.
func run(t *testing.T, o powershell.Options, script string) (out, errs []string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	o.Notation, o.Stdout, o.Stderr, o.Loaded = powershell.Recorded, &stdout, &stderr, utility.Modules()
	rs := powershell.New(o)
	defer rs.Close()
	rs.Run(context.Background(), script)
	return lines(stdout.String()), lines(stderr.String())
}

func lines(text string) []string {
	text = strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// ids keeps the error id of each recorded error line.
func ids(errs []string) []string {
	var list []string
	for _, line := range errs {
		id, _, _ := strings.Cut(line, "\t")
		list = append(list, id)
	}
	return list
}
