package powershell_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write VERDICTS.md anew")

const page = "VERDICTS.md"

// mostRefused is how many scripts, and how many trees, the simulator may refuse.
const mostRefused = 10

const head = `# Verdicts

What the simulator makes of each recorded case. Made by ` + "`go test ./test/powershell -update`" + `; the same test fails when a
verdict is another one, when a case is missing, when an answer differs, and when more than 10 scripts or 10 trees are refused.

| recorded | cases | same | refused | different |
|---|---|---|---|---|
`

// judged is one kind of recording with its verdicts.
type judged struct {
	what  string
	cases int
	list  []verdict
}

// TestVerdicts judges every recorded case and compares VERDICTS.md with the result.
func TestVerdicts(t *testing.T) {
	outputs, trees := runScripts(t), parseScripts(t)
	all := []judged{
		{"scripts: output, errors, exit code", recordedScripts, outputs},
		{"scripts: syntax tree", recordedScripts, trees},
		{"snippets of syntax.tsv: syntax tree", recordedSnippets, parseSnippets(t, "syntax.tsv")},
		{"snippets of parser-trees.tsv: syntax tree", recordedTrees, parseSnippets(t, "parser-trees.tsv")},
		{"command lines of cmdlet-binding.tsv: bound parameters", recordedBindings, bindLines(t)},
	}
	var b strings.Builder
	b.WriteString(head)
	for _, j := range all {
		n := j.judge(t)
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", j.what, len(j.list), n.same, n.refused, n.different)
		t.Logf("%s: %d same, %d refused, %d different", j.what, n.same, n.refused, n.different)
	}
	b.WriteString("\n| script | answer | tree |\n|---|---|---|\n")
	for i, v := range outputs {
		fmt.Fprintf(&b, "| [%s](%s/script.ps1) | %s | %s |\n", v.name, v.name, v, trees[i])
	}
	b.WriteString(refusals(all[2:]))
	if *update {
		if err := os.WriteFile(filepath.Join(folder, page), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(read(t, page), b.String()); diff != "" {
		t.Errorf("%s is not what the cases say; run with -update (-page +cases):\n%s", page, diff)
	}
}

func (j judged) judge(t *testing.T) tally {
	t.Helper()
	for _, v := range j.list {
		if v.diff != "" {
			t.Errorf("%s: %s: -recorded +simulated\n%s", j.what, v.name, v.diff)
		}
	}
	n := count(j.list)
	if len(j.list) != j.cases || n.same+n.refused+n.different != j.cases {
		t.Errorf("%s: %d cases were judged, %d were recorded", j.what, len(j.list), j.cases)
	}
	if n.refused > mostRefused {
		t.Errorf("%s: %d are refused, at most %d may be", j.what, n.refused, mostRefused)
	}
	return n
}

// refusals lists the table lines whose answer is not the recorded one. The other lines are
// too many to list.
func refusals(list []judged) string {
	var b strings.Builder
	for _, j := range list {
		for _, v := range j.list {
			if v.String() != "same" {
				fmt.Fprintf(&b, "| `%s` | %s | |\n", strings.ReplaceAll(v.name, "|", `\|`), v)
			}
		}
	}
	if b.Len() == 0 {
		return "\nNo snippet and no command line is refused or different.\n"
	}
	return "\n| line | verdict | |\n|---|---|---|\n" + b.String()
}
