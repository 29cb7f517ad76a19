package powershell_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/utility"
)

const corpus = "../../../test/powershell"

// leastSame is how many recorded scripts must give the recorded answer.
const leastSame = 55

// recording is what the real engine answered to a script.
type recording struct {
	Stdout   string
	Stderr   []string // first two columns of each line
	ExitCode int
}

// TestRecordedScripts runs every recorded script. The same answer or a refusal
// passes; a different answer fails. The recorded engine had its core module only.
func TestRecordedScripts(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join(corpus, "*", "script.ps1"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no recorded scripts in %s: %v", corpus, err)
	}
	same, refused, different := 0, 0, 0
	for _, script := range scripts {
		dir := filepath.Dir(script)
		got, stderr := play(t, dir)
		if strings.Contains(stderr, "not supported by the simulator: ") {
			refused++
			t.Logf("%s: %s", filepath.Base(dir), strings.TrimSpace(stderr))
			continue
		}
		if diff := cmp.Diff(recorded(t, dir), got); diff != "" {
			different++
			t.Errorf("%s: -recorded +simulated\n%s", filepath.Base(dir), diff)
			continue
		}
		same++
	}
	t.Logf("recorded scripts: %d same, %d refused, %d different", same, refused, different)
	if same < leastSame {
		t.Errorf("%d scripts give the recorded answer, want at least %d", same, leastSame)
	}
}

func play(t *testing.T, dir string) (recording, string) {
	t.Helper()
	stdin, _ := os.ReadFile(filepath.Join(dir, "stdin"))
	var stdout, stderr bytes.Buffer
	rs := powershell.New(powershell.Options{
		Edition: powershell.Core7, Notation: powershell.Recorded, Stdin: bytes.NewReader(stdin), Stdout: &stdout, Stderr: &stderr,
		Loaded: []*powershell.Module{utility.Core()},
	})
	defer rs.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	code := rs.Run(ctx, string(read(t, dir, "script.ps1")))
	return recording{Stdout: stdout.String(), Stderr: columns(stderr.String()), ExitCode: code}, stderr.String()
}

func recorded(t *testing.T, dir string) recording {
	t.Helper()
	code, err := strconv.Atoi(strings.TrimSpace(string(read(t, dir, "exitcode"))))
	if err != nil {
		t.Fatal(err)
	}
	return recording{Stdout: string(read(t, dir, "stdout")), Stderr: columns(string(read(t, dir, "stderr"))), ExitCode: code}
}

func columns(stderr string) []string {
	var lines []string
	for _, line := range strings.Split(stderr, "\n") {
		if line == "" {
			continue
		}
		fields := strings.SplitN(line, "\t", 3)
		lines = append(lines, strings.Join(fields[:min(2, len(fields))], "\t"))
	}
	return lines
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
