package powershell_test

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

// answer is the result of a script: its output, the first two columns of each error line,
// and its exit code.
type answer struct {
	Stdout   string
	Stderr   []string
	ExitCode int
}

// runScripts runs every recorded script. Some were recorded with the core module only;
// they answer the same with all modules.
func runScripts(t *testing.T) []verdict {
	t.Helper()
	var list []verdict
	for _, name := range scriptNames(t) {
		got, stderr := play(t, name)
		v := verdict{name: name}
		if _, refusal, ok := strings.Cut(stderr, "not supported by the simulator: "); ok {
			v.refused = strings.TrimSpace(refusal)
		} else {
			v.diff = cmp.Diff(recorded(t, name), got)
		}
		list = append(list, v)
	}
	return list
}

func play(t *testing.T, name string) (answer, string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	rs := powershell.New(powershell.Options{
		Edition: powershell.Core7, Notation: powershell.Recorded, Stdin: strings.NewReader(read(t, name, "stdin")), Stdout: &stdout, Stderr: &stderr,
		Loaded: utility.Modules(),
	})
	defer rs.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	code := rs.Run(ctx, read(t, name, "script.ps1"))
	return answer{Stdout: stdout.String(), Stderr: columns(stderr.String()), ExitCode: code}, stderr.String()
}

func recorded(t *testing.T, name string) answer {
	t.Helper()
	code, err := strconv.Atoi(strings.TrimSpace(read(t, name, "exitcode")))
	if err != nil {
		t.Fatal(err)
	}
	return answer{Stdout: read(t, name, "stdout"), Stderr: columns(read(t, name, "stderr")), ExitCode: code}
}

func columns(stderr string) []string {
	var list []string
	for line := range strings.Lines(stderr) {
		fields := strings.SplitN(strings.TrimRight(line, "\n"), "\t", 3)
		if fields[0] != "" {
			list = append(list, strings.Join(fields[:min(2, len(fields))], "\t"))
		}
	}
	return list
}
