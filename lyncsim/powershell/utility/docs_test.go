package utility_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

var update = flag.Bool("update", false, "write lyncsim/docs/powershell.md anew")

const docs = "../../docs/powershell.md"

const head = `# The simulated PowerShell

What the evaluator of [lyncsim](../README.md) knows and what it refuses. Made by ` + "`go test ./lyncsim/powershell/utility -run TestDocs -update`" + `; the same
test keeps it true.

It plays Windows PowerShell 5.1; a switch of the engine (` + "`Options.Edition`" + `) makes it PowerShell 7. Its judge is what the real engine answered:
[the verdicts](../../test/data/powershell/VERDICTS.md) on 69 scripts, 243 syntax trees and 107 command lines. The commands of the modules Core, Utility,
Management and Security look as their reference pages say: names, aliases, parameters, sets, positions, types, pipeline input.

**Nothing is ignored.** What is not simulated ends the script with "not supported by the simulator: <what>, line n", exit code 1; no catch takes it. So a
script either gets the answer of the real shell or that sentence.

Limits: nested calls 1000, output 256 MiB, arrays of 4 million elements, texts of 64 MiB, no wildcards in file paths, no folders of their own on the
disk, the culture en-US. Text of errors for people has the form of 5.1 in both editions. ` + "`Format-Table` and `Format-List`" + ` put out lines, not format objects.

`

// construct is a part of the language that is refused.
type construct struct{ script, what string }

var refusedLanguage = []construct{
	{`class A { }`, "class"}, {`enum A { B }`, "enum"}, {`workflow W { }`, "workflow"}, {`configuration C { }`, "configuration"},
	{`data { 1 }`, "data"}, {`using module A`, "using module"}, {`foreach -parallel ($i in 1) { }`, "foreach -parallel"},
	{`switch -File C:\a { 1 { } }`, "switch -File"}, {`function F { [CmdletBinding()] param() dynamicparam { } }; F`, "dynamicparam"},
	{`'a' -replace 'a', { 'b' }`, "-replace with a script block"}, {`Write-Output 1 -OutBuffer 2`, "Write-Output -OutBuffer"},
}

func TestRefusedLanguage(t *testing.T) {
	for _, c := range refusedLanguage {
		edition := powershell.Windows51
		if strings.Contains(c.script, "-replace") {
			edition = powershell.Core7 // Windows PowerShell 5.1 would take the block's text
		}
		_, errs := run(t, powershell.Options{Edition: edition}, c.script)
		if len(errs) != 1 || !strings.HasPrefix(errs[0], "not supported by the simulator: "+c.what) {
			t.Errorf("%s: the answer is %q, want a refusal of %s", c.script, errs, c.what)
		}
	}
}

func TestDocs(t *testing.T) {
	var b strings.Builder
	b.WriteString(head)
	writeLanguage(&b)
	writeCommands(&b)
	writeRefused(&b)
	writeDifferences(&b)
	if *update {
		if err := os.WriteFile(docs, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), b.String()); diff != "" {
		t.Errorf("lyncsim/docs/powershell.md is not what the commands are; run with -update (-page +commands):\n%s", diff)
	}
}

func writeLanguage(b *strings.Builder) {
	b.WriteString("## Refused of the language\n\n| script | refused as |\n|---|---|\n")
	for _, c := range refusedLanguage {
		fmt.Fprintf(b, "| %s | %s |\n", code(c.script), c.what)
	}
	b.WriteString("\nTypes, members, attributes and operators that are not simulated are refused in the same way, by their name. Operators of PowerShell 7 are\n" +
		"parse errors in 5.1, as they are there, and refused in 7.\n")
}

func writeCommands(b *strings.Builder) {
	b.WriteString("\n## Commands\n\n\"⁷\" is in PowerShell 7 only, \"⁵\" in 5.1 only. Besides those listed, all take the common parameters.\n\n" +
		"| command | aliases | acts on | refuses |\n|---|---|---|---|\n")
	for _, c := range commandsBy(func(c *powershell.Command) bool { return !c.Refused }) {
		var acts, refuses []string
		for _, name := range parameterNames(c) {
			p, mark := parameterOf(c, name)
			if p.Refused {
				refuses = append(refuses, name+mark)
			} else {
				acts = append(acts, name+mark)
			}
		}
		fmt.Fprintf(b, "| %s%s | %s | %s | %s |\n", c.Name, editionMark(c, nil), strings.Join(aliasesOf(c), " "), strings.Join(acts, " "), strings.Join(refuses, " "))
	}
}

func writeRefused(b *strings.Builder) {
	b.WriteString("\n## Commands that are refused\n\nThey are found (`Get-Command` lists them with their parameters) and refused when called.\n\n")
	var names []string
	for _, c := range commandsBy(func(c *powershell.Command) bool { return c.Refused }) {
		names = append(names, c.Name+editionMark(c, nil))
	}
	b.WriteString(strings.Join(slices.Compact(names), ", ") + "\n")
}

func writeDifferences(b *strings.Builder) {
	b.WriteString("\n## Where 5.1 and 7 differ\n\nEach row is run by a test in both editions; the page is the one that says so.\n")
	for _, part := range differences {
		fmt.Fprintf(b, "\n### %s\n\n| page | script | 5.1 | 7 |\n|---|---|---|---|\n", strings.ToUpper(part.title[:1])+part.title[1:])
		for _, name := range slices.Sorted(maps.Keys(part.cases)) {
			d := part.cases[name]
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", d.page, code(d.script), d.old, d.new)
		}
	}
}

// String is a reply for the page.
func (r reply) String() string {
	var parts []string
	for _, line := range r.Out {
		parts = append(parts, code(line))
	}
	for _, id := range r.Errors {
		id, _, _ = strings.Cut(id, ",")
		id = strings.TrimPrefix(id, "not supported by the simulator: ")
		if strings.Contains(id, " ") {
			parts = append(parts, "refused: "+id)
			continue
		}
		parts = append(parts, "error "+id)
	}
	return strings.Join(parts, "<br>")
}

func code(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "|", `\|`), "\n", " ")
	if strings.TrimSpace(text) == "" {
		return "(empty)"
	}
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}

func commandsBy(test func(*powershell.Command) bool) []*powershell.Command {
	var found []*powershell.Command
	for _, m := range utility.Modules() {
		for _, c := range m.Commands {
			if test(c) {
				found = append(found, c)
			}
		}
	}
	slices.SortFunc(found, func(a, b *powershell.Command) int { return strings.Compare(a.Name, b.Name) })
	return found
}

func parameterNames(c *powershell.Command) []string {
	var names []string
	for _, s := range c.Editions {
		for _, p := range s.Parameters {
			if !slices.Contains(names, p.Name) {
				names = append(names, p.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// parameterOf is a command's parameter and the mark of the edition that alone has it.
func parameterOf(c *powershell.Command, name string) (powershell.Parameter, string) {
	var found powershell.Parameter
	has := func(s powershell.Signature) bool {
		at := slices.IndexFunc(s.Parameters, func(p powershell.Parameter) bool { return p.Name == name })
		if at >= 0 {
			found = s.Parameters[at]
		}
		return at >= 0
	}
	for _, s := range c.Editions {
		has(s)
	}
	if len(c.Editions) == 1 {
		return found, ""
	}
	return found, editionMark(c, has)
}

// editionMark names the edition when only one edition has a part of a command, or the
// command itself.
func editionMark(c *powershell.Command, has func(powershell.Signature) bool) string {
	in := func(e powershell.Edition) bool {
		s, ok := c.Editions[e]
		return ok && (has == nil || has(s))
	}
	switch {
	case !in(powershell.Windows51):
		return "⁷"
	case !in(powershell.Core7):
		return "⁵"
	}
	return ""
}

func aliasesOf(c *powershell.Command) []string {
	var names []string
	for _, s := range c.Editions {
		for _, a := range s.Aliases {
			if !slices.Contains(names, "`"+a+"`") {
				names = append(names, "`"+a+"`")
			}
		}
	}
	slices.Sort(names)
	return names
}
