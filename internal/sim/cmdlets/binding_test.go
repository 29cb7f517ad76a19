package cmdlets_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/sim/cmdlets"
	"github.com/fedroute/fedroute/internal/sim/cmdlets/reference"
	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/utility"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

const recorded = "../../../test/powershell/cmdlet-binding.tsv"

// TestBinding binds each recorded command line with commands made from the
// reference and wants what the real binder answered: ok or an error id, and
// the bound parameters in the order of binding.
func TestBinding(t *testing.T) {
	text, err := os.ReadFile(recorded)
	if err != nil {
		t.Fatal(err)
	}
	records := strings.Split(strings.TrimRight(string(text), "\n"), "\n")[1:]
	same := 0
	for _, record := range records {
		command, want, _ := strings.Cut(record, "\t")
		got := bind(t, command)
		if strings.Contains(command, "@p") { // a hashtable has no order
			want, got = sorted(want), sorted(got)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", command, diff)
			continue
		}
		same++
	}
	t.Logf("cmdlet-binding.tsv: %d of %d bindings are the same", same, len(records))
	if len(records) != 107 {
		t.Errorf("%d lines were recorded, want 107", len(records))
	}
}

// bind runs one command line with every cmdlet of the reference, all versions
// together, each of which only tells what was bound.
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
	if failed := ids(stderr.String()); len(failed) > 0 {
		result = failed[0]
	}
	return result + "\t" + strings.Join(bound, "; ")
}

func sorted(answer string) string {
	result, bound, _ := strings.Cut(answer, "\t")
	list := strings.Split(bound, "; ")
	slices.Sort(list)
	return result + "\t" + strings.Join(list, "; ")
}

// shortType is a value's type without its namespace; nothing for nothing.
func shortType(v any) string {
	if v == nil {
		return ""
	}
	name := value.TypeName(v)
	return name[strings.LastIndex(name, ".")+1:]
}
