package shell_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestAnObserverCannotRunAWritingScript compiles this package with one more file, which gives the
// Observer a method that runs a writing script. The compiler must refuse it, so that no reviewer
// has to find such a method.
func TestAnObserverCannotRunAWritingScript(t *testing.T) {
	const head = "package shell; import \"context\"\n"
	if says := compiled(t, head+`func (o *Observer) read(c context.Context) { o.onEdge(c, "", readEdgeServer.job("", "", 0)) }`); says != "" {
		t.Fatalf("a reading script alone: the compiler says %q, so what follows would prove nothing", says)
	}
	cases := []struct {
		reason string
		body   string
		says   string // part of the compiler's message
	}{
		{"a writing script makes no job", `o.onEdge(c, "", loadWriting().restartEdgeServices.job("", "", 0))`, "restartEdgeServices.job undefined"},
		{"nor is any job taken", `o.onEdge(c, "", job{script: loadWriting().restartEdgeServices.writing})`, "cannot use job{"},
		{"nor does one kind of script become the other", `_ = readingScript(loadWriting().restartEdgeServices)`, "cannot convert"},
		{"the reader behind it is not at hand", `o.reader.onEdge(c, "", job{script: loadWriting().restartEdgeServices.writing})`, "o.reader undefined"},
		{"least of all what writes", `o.writer.onEdge(c, "", job{script: loadWriting().restartEdgeServices.writing})`, "o.writer undefined"},
	}
	text := head
	for i, c := range cases {
		text += fmt.Sprintf("func (o *Observer) trespass%d(c context.Context) { %s }\n", i, c.body)
	}
	says := compiled(t, text)
	for i, c := range cases {
		where := regexp.MustCompile(fmt.Sprintf(`trespass\.go:%d:\d+: .*%s`, i+2, regexp.QuoteMeta(c.says)))
		if !where.MatchString(says) {
			t.Errorf("%s: of line %d the compiler says nothing like %q:\n%s", c.reason, i+2, c.says, says)
		}
	}
}

// compiled compiles this package together with a file of the given text and gives the compiler's
// messages.
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
