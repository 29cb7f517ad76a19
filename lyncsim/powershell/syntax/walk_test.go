package syntax_test

import (
	"testing"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/google/go-cmp/cmp"
)

const walked = `param($Identity = (Get-A -One 1))
function F { process { "text $(Get-B -Two:$x)" } }
trap { Get-C }
$h = @{ k = Get-D -Three }
foreach ($i in Get-E) { if (Get-F) { $i.M((Get-G)) } else { switch (Get-H) { { Get-I } { Get-J } } } }
try { Get-K } catch { Get-L } finally { & Get-M > (Get-N) }
`

func TestWalkFindsEveryCommandAndParameter(t *testing.T) {
	script, err := syntax.Parse(walked)
	if err != nil {
		t.Fatal(err)
	}
	commands, parameters := map[string]bool{}, map[string]bool{}
	for node := range syntax.Walk(script) {
		switch n := node.(type) {
		case *syntax.Command:
			commands[n.Name()] = true
		case *syntax.CommandParameter:
			parameters[n.Name] = true
		}
	}
	want := map[string]bool{}
	for letter := 'A'; letter <= 'N'; letter++ {
		want["Get-"+string(letter)] = true
	}
	if diff := cmp.Diff(want, commands); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]bool{"One": true, "Two": true, "Three": true}, parameters); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
}

func TestInspectLeavesOutWhatIsDeclined(t *testing.T) {
	script, err := syntax.Parse("function F { Get-A }; Get-B")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	syntax.Inspect(script, func(node syntax.Node) bool {
		if command, ok := node.(*syntax.Command); ok {
			got = append(got, command.Name())
		}
		_, isFunction := node.(*syntax.FunctionDefinition)
		return !isFunction
	})
	if diff := cmp.Diff([]string{"Get-B"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWalkStopsWhenTheLoopDoes(t *testing.T) {
	script, err := syntax.Parse("1; 2; 3")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for range syntax.Walk(script) {
		if count++; count == 2 {
			break
		}
	}
	if count != 2 {
		t.Errorf("%d nodes were visited", count)
	}
}

func TestOriginalText(t *testing.T) {
	script, err := syntax.Parse("#Requires -Version 3.0\n$sb = { param($x)  $x * 2 }\nfunction F { 'x' }\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := script.Requirements; len(got) != 1 || got[0].Clause != "-Version 3.0" {
		t.Errorf("requirements: %+v", got)
	}
	var got []string
	for node := range syntax.Walk(script) {
		switch n := node.(type) {
		case *syntax.ScriptBlockExpression:
			got = append(got, n.Body.String())
		case *syntax.BinaryExpression:
			got = append(got, n.Text(), n.Sign.Text())
		case *syntax.FunctionDefinition:
			got = append(got, n.Text(), n.Body.String())
		}
	}
	want := []string{" param($x)  $x * 2 ", "$x * 2", "*", "function F { 'x' }", " 'x' "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
