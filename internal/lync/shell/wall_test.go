package shell_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnObserverCannotRunAWritingScript compiles this package with one more file.
// Whoever puts such a method into an Observer must be stopped by the compiler, not
// by a review.
func TestAnObserverCannotRunAWritingScript(t *testing.T) {
	cases := map[string]struct {
		reason string
		body   string
		says   string // part of the compiler's message; "" for none
	}{
		"a reading script":            {"what follows fails for its script alone", `o.onEdge(ctx, "", readEdgeServer.job("", "", 0))`, ""},
		"a writing script":            {"it makes no job", `o.onEdge(ctx, "", loadWriting().stopEdgeServices.job("", "", 0))`, "stopEdgeServices.job undefined"},
		"a writing script's job":      {"nor is any job taken", `o.onEdge(ctx, "", job{script: loadWriting().stopEdgeServices.writing})`, "cannot use job{"},
		"a writing script, converted": {"nor does one kind of script become the other", `readingScript(loadWriting().stopEdgeServices)`, "cannot convert"},
		"the reader behind it":        {"and nothing else is at hand", `o.reader.onEdge(ctx, "", job{script: loadWriting().stopEdgeServices.writing})`, "o.reader undefined"},
		"the writer beside it":        {"least of all what writes", `o.writer.onEdge(ctx, "", job{script: loadWriting().stopEdgeServices.writing})`, "o.writer undefined"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			says := compiled(t, "package shell\n\nimport \"context\"\n\nfunc (o *Observer) trespass(ctx context.Context) { _, _ = "+c.body+" }\n")
			if c.says == "" && says != "" || !strings.Contains(says, c.says) {
				t.Errorf("%s: the compiler says %q, want %q", c.reason, says, c.says)
			}
		})
	}
}

// compiled compiles this package together with a file of the given text and gives
// what the compiler complains of.
func compiled(t *testing.T, text string) string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	file, overlay := filepath.Join(t.TempDir(), "trespass.go"), filepath.Join(t.TempDir(), "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(here, "trespass.go"): file}})
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string][]byte{file: []byte(text), overlay: replace} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("go", "build", "-overlay", overlay, ".").CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatal(err)
	}
	return string(out)
}
