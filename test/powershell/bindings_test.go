package powershell_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/cmdlets"
	"github.com/fedroute/fedroute/lyncsim/cmdlets/reference"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// bindLines binds each recorded command line with commands made from the reference. The
// result must be the answer of the real binder: ok or an error id, and the bound parameters
// in the order of binding.
func bindLines(t *testing.T) []verdict {
	t.Helper()
	var list []verdict
	for _, record := range lines(t, "cmdlet-binding.tsv", 1) {
		command, want, _ := strings.Cut(record, "\t")
		got := bind(t, command)
		if strings.Contains(command, "@p") { // a hashtable has no order
			want, got = sorted(want), sorted(got)
		}
		list = append(list, verdict{name: command, diff: cmp.Diff(want, got)})
	}
	return list
}

// bind runs one command line with every cmdlet of the reference, all versions together.
// Each cmdlet only reports its bound parameters.
func bind(t *testing.T, command string) string {
	t.Helper()
	all, err := reference.Lync()
	if err != nil {
		t.Fatal(err)
	}
	var bound []string
	module := &powershell.Module{Name: "Recorder", Version: "1.0"}
	for _, entry := range all.Cmdlets() {
		cmd := cmdlets.Declare(entry)
		cmd.Process = func(_ context.Context, c *powershell.Call) error {
			for _, name := range c.Names() {
				bound = append(bound, fmt.Sprintf("%s=%s(%s)", name, value.Text(c.Value(name)), shortType(c.Value(name))))
			}
			return nil
		}
		module.Commands = append(module.Commands, cmd)
	}
	var stderr bytes.Buffer
	rs := powershell.New(powershell.Options{
		Notation: powershell.Recorded, Stderr: &stderr, Loaded: append(utility.Modules(), module),
	})
	defer rs.Close()
	rs.Run(context.Background(), command)
	result := "ok"
	if id, _, failed := strings.Cut(stderr.String(), "\t"); failed {
		result = id
	}
	return result + "\t" + strings.Join(bound, "; ")
}

func sorted(answer string) string {
	result, bound, _ := strings.Cut(answer, "\t")
	list := strings.Split(bound, "; ")
	slices.Sort(list)
	return result + "\t" + strings.Join(list, "; ")
}

// shortType returns a value's type without its namespace, and "" for null.
func shortType(v any) string {
	if v == nil {
		return ""
	}
	name := value.TypeName(v)
	return name[strings.LastIndex(name, ".")+1:]
}
