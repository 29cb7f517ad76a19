package syntax_test

import (
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/google/go-cmp/cmp"
)

// body is the outline of a script's statements. If the script has errors, body is their
// ids.
func body(source string) string {
	script, err := syntax.Parse(source)
	if script == nil {
		if parseError, ok := err.(*syntax.ParseError); ok {
			return "ERROR " + strings.Join(parseError.IDs(), ",")
		}
		return err.Error()
	}
	tree := syntax.Outline(script)
	if inner, ok := strings.CutPrefix(tree, "(ScriptBlock (NamedBlock End"); ok {
		return strings.TrimPrefix(strings.TrimSuffix(inner, "))"), " ")
	}
	return tree
}

// outlineCase is a source text and the expected outline of its statements.
type outlineCase struct{ reason, source, want string }

func checkOutlines(t *testing.T, cases map[string]outlineCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, body(c.source)); diff != "" {
				t.Errorf("%s\n%s (-want +got):\n%s", c.reason, c.source, diff)
			}
		})
	}
}

const (
	foo   = "(StringConstantExpression BareWord 'foo')"
	one   = "(Pipeline (CommandExpression (ConstantExpression Int32 1)))"
	two   = "(Pipeline (CommandExpression (ConstantExpression Int32 2)))"
	isA   = "(Pipeline (CommandExpression (VariableExpression $a)))"
	first = "(StatementBlock " + one + ")"
	other = "(StatementBlock " + two + ")"
)

func TestLineContinuation(t *testing.T) {
	sum := "(Pipeline (CommandExpression (BinaryExpression Plus (ConstantExpression Int32 1) (ConstantExpression Int32 2))))"
	both := "(Pipeline (CommandExpression (BinaryExpression And (VariableExpression $a) (VariableExpression $b))))"
	piped := "(Pipeline (Command " + foo + ") (Command (StringConstantExpression BareWord 'bar')))"
	checkOutlines(t, map[string]outlineCase{
		"backtick":            {"a backtick hides the line end", "1 `\n + 2", sum},
		"backtick CRLF":       {"both characters of the line end are hidden", "1 `\r\n + 2", sum},
		"behind an operator":  {"the right operand may stand on the next line", "1 +\n\n 2", sum},
		"behind -and":         {"as behind signs", "$a -and\r\n$b", both},
		"behind a pipe":       {"blank and comment lines may follow", "foo | # why\n\n  bar", piped},
		"behind a comma":      {"of an array", "1,\n2", "(Pipeline (CommandExpression (ArrayLiteral (ConstantExpression Int32 1) (ConstantExpression Int32 2))))"},
		"behind a call comma": {"of arguments", "foo a,\n b", "(Pipeline (Command " + foo + " (ArrayLiteral (StringConstantExpression BareWord 'a') (StringConstantExpression BareWord 'b'))))"},
		"behind an equals":    {"of an assignment", "$x =\n 1", "(AssignmentStatement Equals (VariableExpression $x) (CommandExpression (ConstantExpression Int32 1)))"},
		"behind a dot":        {"of a member", "$a.\n  b", "(Pipeline (CommandExpression (MemberExpression (VariableExpression $a) (StringConstantExpression BareWord 'b'))))"},
		"before an operator":  {"a line that is complete ends", "$a\n-join 1", "(Pipeline (CommandExpression (VariableExpression $a))) (Pipeline (CommandExpression (UnaryExpression Join (ConstantExpression Int32 1))))"},
		"else on its line":    {"else may stand behind empty lines", "if ($a)\n{ 1 }\n\nelse\n{ 2 }", "(IfStatement " + isA + " " + first + " " + other + ")"},
		"elseif on its line":  {"elseif as well", "if ($a) { 1 }\r\nelseif ($a) { 2 }", "(IfStatement " + isA + " " + first + " " + isA + " " + other + ")"},
		"catch on its line":   {"and catch", "try { 1 }\n\ncatch { 2 }", "(TryStatement " + first + " (CatchClause " + other + "))"},
		"no else":             {"the next statement is not swallowed", "if ($a) { 1 }\n\n2", "(IfStatement " + isA + " " + first + ") " + two},
	})
}

func TestComments(t *testing.T) {
	checkOutlines(t, map[string]outlineCase{
		"help":         {"comment-based help is a comment", "<#\n.SYNOPSIS\n  It's \"here\" # and @' there\n#>\nfunction foo {\n  <# .EXAMPLE #>\n  1\n}", "(FunctionDefinition foo (ScriptBlock (NamedBlock End " + one + ")))"},
		"in a word":    {"a # inside a word is part of it", "foo a#b", "(Pipeline (Command " + foo + " (StringConstantExpression BareWord 'a#b')))"},
		"at the end":   {"the last line needs no end", "1 # done", one},
		"behind value": {"no blank is needed behind a value", "1#x", one},
		"unclosed":     {"the comment must end", "1 <# x", "ERROR MissingTerminatorMultiLineComment"},
		"in params":    {"between parameters", "param(\n # first\n $a, # second\n $b\n)", "(ScriptBlock (ParamBlock (Parameter (VariableExpression $a)) (Parameter (VariableExpression $b))) (NamedBlock End))"},
	})
}

func TestCommandArguments(t *testing.T) {
	checkOutlines(t, map[string]outlineCase{
		"element":         {"a bracket next to a variable takes an element, one behind a blank is a word", "foo $a[0] $a [0]", "(Pipeline (Command " + foo + " (IndexExpression (VariableExpression $a) (ConstantExpression Int32 0)) (VariableExpression $a) (StringConstantExpression BareWord '[0]')))"},
		"colon":           {"the argument may touch its parameter", "foo -x:$y", "(Pipeline (Command " + foo + " (CommandParameter x (VariableExpression $y))))"},
		"colon list":      {"and be an array", "foo -x:1,2 -y", "(Pipeline (Command " + foo + " (CommandParameter x (ArrayLiteral (ConstantExpression Int32 1) (ConstantExpression Int32 2))) (CommandParameter y)))"},
		"verbatim":        {"nothing is read behind --%", "foo --% $a \"|\" ;' | bar", "(Pipeline (Command " + foo + " (StringConstantExpression BareWord '--%') (StringConstantExpression BareWord '$a \"|\" ;'' ')) (Command (StringConstantExpression BareWord 'bar')))"},
		"splat":           {"@name gives the elements of a collection", "foo @args @h", "(Pipeline (Command " + foo + " (VariableExpression @args) (VariableExpression @h)))"},
		"splat member":    {"a splat has no members", "foo @h.x", "ERROR NoPropertiesInSplatting"},
		"range":           {"in a command a range is a word", "foo 1..3", "(Pipeline (Command " + foo + " (StringConstantExpression BareWord '1..3')))"},
		"path":            {"signs are part of words", `foo C:\a\*.ps1 ..\b /c`, `(Pipeline (Command ` + foo + ` (StringConstantExpression BareWord 'C:\a\*.ps1') (StringConstantExpression BareWord '..\b') (StringConstantExpression BareWord '/c')))`},
		"script":          {"a path can be the command", `.\foo.ps1 -x`, `(Pipeline (Command (StringConstantExpression BareWord '.\foo.ps1') (CommandParameter x)))`},
		"aliases":         {"% and ? are commands", "1 | % { 1 } | ? x", "(Pipeline (CommandExpression (ConstantExpression Int32 1)) (Command (StringConstantExpression BareWord '%') (ScriptBlockExpression (ScriptBlock (NamedBlock End " + one + ")))) (Command (StringConstantExpression BareWord '?') (StringConstantExpression BareWord 'x')))"},
		"type in a word":  {"an enum value is written as a word", "foo [x]::y", "(Pipeline (Command " + foo + " (StringConstantExpression BareWord '[x]::y')))"},
		"redirect stream": {"each stream has its number", "foo 3>w 4>>v 6>&1 *>&1", "(Pipeline (Command " + foo + " (MergingRedirection All->Output) (FileRedirection Warning (StringConstantExpression BareWord 'w')) (FileRedirection Verbose append (StringConstantExpression BareWord 'v')) (MergingRedirection Information->Output)))"},
		"keyword later":   {"keywords are words behind the first", "foo if else", "(Pipeline (Command " + foo + " (StringConstantExpression BareWord 'if') (StringConstantExpression BareWord 'else')))"},
		"escaped blank":   {"a backtick makes a blank part of the word", "foo a` b", "(Pipeline (Command " + foo + " (StringConstantExpression BareWord 'a b')))"},
		"en dash":         {"editors turn a dash into a longer one", "foo –x", "(Pipeline (Command " + foo + " (CommandParameter x)))"},
	})
}

func TestExpressions(t *testing.T) {
	checkOutlines(t, map[string]outlineCase{
		"unary chain":   {"signs repeat", "- -$x", "(Pipeline (CommandExpression (UnaryExpression Minus (UnaryExpression Minus (VariableExpression $x)))))"},
		"not chain":     {"! and -not mix", "!-not!$x", "(Pipeline (CommandExpression (UnaryExpression Exclaim (UnaryExpression Not (UnaryExpression Exclaim (VariableExpression $x))))))"},
		"cast chain":    {"casts nest from the right", "[a][b]$x", "(Pipeline (CommandExpression (ConvertExpression (TypeConstraint a) (ConvertExpression (TypeConstraint b) (VariableExpression $x)))))"},
		"format first":  {"-f binds tighter than +", "'a' + '{0}' -f 1", "(Pipeline (CommandExpression (BinaryExpression Plus (StringConstantExpression SingleQuoted 'a') (BinaryExpression Format (StringConstantExpression SingleQuoted '{0}') (ConstantExpression Int32 1)))))"},
		"bitwise last":  {"comparison binds tighter than -band", "1 -eq 1 -band 2", "(Pipeline (CommandExpression (BinaryExpression Band (BinaryExpression Ieq (ConstantExpression Int32 1) (ConstantExpression Int32 1)) (ConstantExpression Int32 2))))"},
		"static":        {"members of types chain", "[a.b]::c::d[0].e()", "(Pipeline (CommandExpression (InvokeMemberExpression (IndexExpression (MemberExpression static (MemberExpression static (TypeExpression a.b) (StringConstantExpression BareWord 'c')) (StringConstantExpression BareWord 'd')) (ConstantExpression Int32 0)) (StringConstantExpression BareWord 'e'))))"},
		"on a variable": {"a variable can hold the type", "$t::x", "(Pipeline (CommandExpression (MemberExpression static (VariableExpression $t) (StringConstantExpression BareWord 'x'))))"},
		"generic type":  {"brackets hold generic arguments", "[D[string, L[int[,]]]]::new()", "(Pipeline (CommandExpression (InvokeMemberExpression static (TypeExpression D[string,L[int[,]]]) (StringConstantExpression BareWord 'new'))))"},
		"type compared": {"a type before an operator is a value", "[int] -eq [x]", "(Pipeline (CommandExpression (BinaryExpression Ieq (TypeExpression int) (TypeExpression x))))"},
		"call commas":   {"commas separate arguments, in parentheses they make arrays", "$x.y(1, (1, 2))", "(Pipeline (CommandExpression (InvokeMemberExpression (VariableExpression $x) (StringConstantExpression BareWord 'y') (ConstantExpression Int32 1) (ParenExpression (Pipeline (CommandExpression (ArrayLiteral (ConstantExpression Int32 1) (ConstantExpression Int32 2))))))))"},
		"range of vars": {"names end at dots", "$a..$b", "(Pipeline (CommandExpression (BinaryExpression DotDot (VariableExpression $a) (VariableExpression $b))))"},
		"one line if":   {"nothing need separate statements in braces", "if($a){1}2", "(IfStatement " + isA + " " + first + ") " + two},
		"one switch":    {"clauses on one line", "switch($a){x{1}default{2}}", "(SwitchStatement None " + isA + " (StringConstantExpression BareWord 'x') " + first + " " + other + ")"},
		"typed assign":  {"attributes may stand before the type", "[ValidateSet('a')][string]$x = 1", "(AssignmentStatement Equals (AttributedExpression (Attribute ValidateSet (StringConstantExpression SingleQuoted 'a')) (ConvertExpression (TypeConstraint string) (VariableExpression $x))) (CommandExpression (ConstantExpression Int32 1)))"},
		"param block":   {"all on one line, the body without separator", "[CmdletBinding()] param() 1", "(ScriptBlock (ParamBlock (Attribute CmdletBinding)) (NamedBlock End " + one + "))"},
		"head type":     {"a type at the head of a block is no attribute", "{ [int]1 }", "(Pipeline (CommandExpression (ScriptBlockExpression (ScriptBlock (NamedBlock End (Pipeline (CommandExpression (ConvertExpression (TypeConstraint int) (ConstantExpression Int32 1)))))))))"},
		"using":         {"namespaces come before all", "using namespace System.Text\n1", "(ScriptBlock (UsingStatement namespace System.Text) (NamedBlock End " + one + "))"},
	})
}
