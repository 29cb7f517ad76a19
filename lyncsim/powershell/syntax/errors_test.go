package syntax_test

import (
	"errors"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/google/go-cmp/cmp"
)

func TestErrors(t *testing.T) {
	const at = "At line:1 char:"
	cases := map[string]struct{ reason, source, want string }{
		"chain":          {"5.1 has no &&", "foo && bar", at + "5: The token '&&' is not a valid statement separator in this version. (InvalidEndOfLine)"},
		"coalesce":       {"nor ??", "$a ?? 1", at + "4: Unexpected token '??' in expression or statement. (UnexpectedToken)"},
		"ternary":        {"nor the ternary operator", "$a ? 1 : 2", at + "4: Unexpected token '?' in expression or statement. (UnexpectedToken)"},
		"background":     {"nor background jobs by &", "foo &", at + "5: The ampersand (&) character is not allowed. The & operator is reserved for future use; wrap an ampersand in double quotation marks (\"&\") to pass it as part of a string. (AmpersandNotAllowed)"},
		"colon":          {"the classic of a colon behind a variable", `"$a: b"`, at + "2: Variable reference is not valid. ':' was not followed by a valid variable name character. Consider using ${} to delimit the name. (InvalidVariableReferenceWithDrive)"},
		"left side":      {"a constant takes no value", "1 = 2", at + "1: The assignment expression is not valid. The input to an assignment operator must be an object that is able to accept assignments, such as a variable or a property. (InvalidLeftHandSide)"},
		"step":           {"nor can it be stepped", "1++", at + "1: The '++' operator works only on variables or on properties. (OperatorRequiresVariableOrProperty)"},
		"keys":           {"keys ignore case", "@{ a = 1; A = 2 }", at + "11: Duplicate keys 'A' are not allowed in hash literals. (DuplicateKeyInHashLiteral)"},
		"parameters":     {"so do parameters", "param($a, $A)", at + "11: Duplicate parameter $A in parameter list. (DuplicateFormalParameter)"},
		"catch order":    {"nothing is left to catch", "try { } catch { } catch [a] { }", at + "19: Catch block must be the last catch block. (EmptyCatchNotLast)"},
		"finally":        {"nothing jumps out of finally", "while (1) { try { } finally { do { break } while (1); { return }; continue } }", at + "67: Flow of control cannot leave a Finally block. (ControlLeavingFinally)"},
		"finally inside": {"each jump is told once", "try { } finally { try { } finally { return } }", at + "37: Flow of control cannot leave a Finally block. (ControlLeavingFinally)"},
		"to stderr":      {"streams merge into the first only", "foo 1>&2", at + "5: The '1>&2' operator is reserved for future use. (RedirectionNotSupported)"},
		"try alone":      {"try needs company", "try { }", at + "1: The Try statement is missing its Catch or Finally block. (MissingCatchOrFinally)"},
		"splat":          {"a splat is no value", "$x = @args", at + "6: The splatting operator '@' cannot be used to reference variables in an expression. '@args' can be used only as an argument to a command. To reference variables in an expression use '$args'. (SplattingNotPermitted)"},
		"late value":     {"values begin pipelines", "foo | 'x'", at + "7: Expressions are only allowed as the first element of a pipeline. (ExpressionsMustBeFirstInPipeline)"},
		"pipe first":     {"5.1 does not continue a line with a pipe", "foo\n| bar", "At line:2 char:1: An empty pipe element is not allowed. (EmptyPipeElement)"},
		"block and text": {"named blocks and statements do not mix", "begin { } foo", at + "11: unexpected token 'foo', expected 'begin', 'process', 'end', or 'dynamicparam'. (MissingNamedBlocks)"},
		"nested place":   {"places in a string count in the file", "'a'\n\"$( \"\"x\"\"; 1 + )\"", "At line:2 char:14: You must provide a value expression following the '+' operator. (ExpectedValueExpression)"},
		"here header":    {"the text begins on the next line", "@'x\n'@", at + "1: No characters are allowed after a here-string header but before the end of the line. (UnexpectedCharactersAfterHereStringHeader); At line:2 char:1: The string is missing the terminator: '. (TerminatorExpectedAtEndOfString)"},
		"non-ASCII":      {"columns count characters", "'ü€' )", at + "6: Unexpected token ')' in expression or statement. (UnexpectedToken)"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := syntax.Parse(c.source)
			if err == nil {
				t.Fatalf("%s: %q was accepted", c.reason, c.source)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("%s: %q (-want +got):\n%s", c.reason, c.source, diff)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	cases := map[string]struct{ reason, source, want string }{
		"class":         {"no types of one's own", "\nclass A { }", "not supported by the simulator: class, line 2"},
		"workflow":      {"no workflows", "workflow x { foo }", "not supported by the simulator: workflow, line 1"},
		"configuration": {"no desired state configuration", "Configuration x { }", "not supported by the simulator: configuration, line 1"},
		"data":          {"no data sections", "data { 1 }", "not supported by the simulator: data, line 1"},
		"parallel":      {"no parallel loops", "foreach -parallel ($a in $b) { }", "not supported by the simulator: foreach -parallel, line 1"},
		"using":         {"no remote variables", "foo {\n $using:x\n}", "not supported by the simulator: variable $using:x, line 2"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := syntax.Parse(c.source)
			if _, ok := errors.AsType[*syntax.UnsupportedError](err); !ok {
				t.Fatalf("%s: %q gives %v", c.reason, c.source, err)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestVersion7IsRefusedByName(t *testing.T) {
	_, err := syntax.ParseOptions{Version7: true}.Parse("1\nfoo && bar")
	refused, ok := errors.AsType[*syntax.UnsupportedError](err)
	if !ok {
		t.Fatalf("the error is %v", err)
	}
	if diff := cmp.Diff(&syntax.UnsupportedError{Construct: "operator &&", Line: 2}, refused); diff != "" {
		t.Error(diff)
	}
}
