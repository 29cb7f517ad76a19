package powershell_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/pwsh/module"
)

// recorder reports the arguments of a function in place of calling an organization.
const recorder = `function Send-Call($Name, $Cmdlet, $Bound) {
    $list = foreach ($key in $Bound.Keys) {
        $type = ''
        if ($null -ne $Bound[$key]) { $type = $Bound[$key].GetType().Name }
        $key + '=' + [string]$Bound[$key] + '(' + $type + ')'
    }
    $list -join '; '
}`

// TestBinding binds the command lines that the real binder was given, with the functions of
// the module. The error or the parameters must be the same.
func TestBinding(t *testing.T) {
	records := lines(t, "cmdlet-binding.tsv", 1)
	var out, errs bytes.Buffer
	rs := withModule(t, powershell.Options{Notation: powershell.Recorded, Stdout: &out, Stderr: &errs, Loaded: utility.Modules()})
	rs.Run(t.Context(), recorder)
	for _, line := range records {
		command, want, _ := strings.Cut(line, "\t")
		out.Reset()
		errs.Reset()
		rs.Run(t.Context(), command)
		got := "ok\t" + strings.Join(strings.Split(strings.TrimSpace(out.String()), "\n"), "; ")
		if id, _, failed := strings.Cut(errs.String(), "\t"); failed {
			got = id + "\t"
		}
		if strings.Contains(command, "@p") { // a hashtable has no order
			want, got = sorted(want), sorted(got)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-real +module):\n%s", command, diff)
		}
	}
	if len(records) != recordedBindings {
		t.Errorf("%d command lines are here, %d were recorded", len(records), recordedBindings)
	}
}

// withModule returns an engine without the cmdlets of any module, which has read the
// written module of the whole reference.
func withModule(t *testing.T, o powershell.Options) *powershell.Runspace {
	t.Helper()
	product, err := module.Reference()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := module.WriteProduct(dir, product); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "Lync", "Lync.psm1"))
	if err != nil {
		t.Fatal(err)
	}
	rs := powershell.New(o)
	t.Cleanup(rs.Close)
	if _, err := rs.Eval(t.Context(), string(text)); err != nil {
		t.Fatal(err)
	}
	return rs
}
