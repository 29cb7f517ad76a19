package syntax_test

import (
	"testing"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/google/go-cmp/cmp"
)

// value is the expression of a script that consists of one expression.
func value(t *testing.T, source string) syntax.Expression {
	t.Helper()
	script, err := syntax.Parse(source)
	if err != nil {
		t.Fatalf("Parse(%q): %v", source, err)
	}
	pipeline := script.End.Statements[0].(*syntax.Pipeline)
	return pipeline.Elements[0].(*syntax.CommandExpression).Expression
}

func TestNumbers(t *testing.T) {
	cases := map[string]struct {
		reason, source string
		want           any
	}{
		"int":             {"the smallest type is Int32", "7", int32(7)},
		"largest int":     {"and holds 31 bits", "2147483647", int32(2147483647)},
		"long":            {"then comes Int64", "2147483648", int64(2147483648)},
		"negative":        {"a sign next to it belongs to the number", "-2147483648", int32(-2147483648)},
		"big":             {"then Decimal", "9223372036854775808", syntax.Decimal("9223372036854775808")},
		"huge":            {"then Double", "79228162514264337593543950336", 7.922816251426434e28},
		"long suffix":     {"l asks for Int64", "10L", int64(10)},
		"decimal suffix":  {"d asks for Decimal, digits are kept", "1.50d", syntax.Decimal("1.50")},
		"decimal kilo":    {"the multiplier applies to it", "1.5dkb", syntax.Decimal("1536.0")},
		"decimal power":   {"and an exponent", "15e-3d", syntax.Decimal("0.015")},
		"kilo":            {"kb is 1024", "5kb", int32(5120)},
		"giga":            {"the product chooses the type", "2GB", int64(2147483648)},
		"peta":            {"up to pb", "1pb", int64(1125899906842624)},
		"real kilo":       {"a real number is multiplied too", "1.5KB", 1536.0},
		"hex":             {"hexadecimal", "0x1F", int32(31)},
		"hex sign":        {"eight digits are the bits of an Int32", "0xFFFFFFFF", int32(-1)},
		"hex long":        {"more are those of an Int64", "0x100000000", int64(4294967296)},
		"hex long suffix": {"l takes away the sign", "0xFFFFFFFFl", int64(4294967295)},
		"hex mega":        {"a multiplier ends the digits", "0x10mb", int32(16777216)},
		"exponent":        {"a real number", "1e3", 1000.0},
		"signed exponent": {"with a sign", "1.5e-3", 0.0015},
		"dot first":       {"without whole part", ".5", 0.5},
		"dot last":        {"without fraction", "5.", 5.0},
		"real long":       {"l rounds", "2.5L", int64(2)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			constant, ok := value(t, c.source).(*syntax.ConstantExpression)
			if !ok {
				t.Fatalf("%s: %q is no constant", c.reason, c.source)
			}
			if diff := cmp.Diff(c.want, constant.Value); diff != "" {
				t.Errorf("%s: %q (-want +got):\n%s", c.reason, c.source, diff)
			}
		})
	}
}

func TestNoNumbers(t *testing.T) {
	checkOutlines(t, map[string]outlineCase{
		"word":      {"a letter makes it a word", "7z", "(Pipeline (Command (StringConstantExpression BareWord '7z')))"},
		"binary":    {"5.1 has no binary numbers", "0b101", "(Pipeline (Command (StringConstantExpression BareWord '0b101')))"},
		"too large": {"beyond Double is infinite", "1e999", "(Pipeline (CommandExpression (ConstantExpression Double +INF)))"},
		"address":   {"an address is a word", "foo 10.0.0.1", "(Pipeline (Command " + foo + " (StringConstantExpression BareWord '10.0.0.1')))"},
	})
}

func TestPlainStrings(t *testing.T) {
	cases := map[string]struct{ reason, source, want string }{
		"escapes":         {"backticks stand before letters with a meaning", "\"`0`a`b`f`n`r`t`v`e`$`\"\"", "\x00\a\b\f\n\r\t\ve$\""},
		"no escapes":      {"single quotes know none", "'`n$x'", "`n$x"},
		"lone dollar":     {"a dollar sign before nothing is one", `"5 $ and $"`, "5 $ and $"},
		"typographic":     {"quotes that editors put in", "“a”", "a"},
		"here CRLF":       {"line ends inside are kept, the last is not", "@'\r\na\r\n'b'\r\n'@", "a\r\n'b'"},
		"here empty":      {"nothing between", "@'\n'@", ""},
		"here blank line": {"an empty line", "@'\n\n'@", ""},
		"here two lines":  {"the last line end is not part of it", "@'\n\n\n'@", "\n"},
		"here footer":     {"the closing must begin its line", "@'\na '@\n'@", "a '@"},
		"here header":     {"blanks may follow the opening", "@' \t\nx\n'@", "x"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			text, ok := value(t, c.source).(*syntax.StringConstantExpression)
			if !ok {
				t.Fatalf("%s: %q is no plain string", c.reason, c.source)
			}
			if diff := cmp.Diff(c.want, text.Value); diff != "" {
				t.Errorf("%s: %q (-want +got):\n%s", c.reason, c.source, diff)
			}
		})
	}
}

func TestExpandableStringParts(t *testing.T) {
	cases := map[string]struct {
		reason, source string
		want           []string
	}{
		"variables": {"literals and variables alternate", `"a $b` + "`$c" + ` ${d e}f"`, []string{"a ", "(VariableExpression $b)", "$c ", "(VariableExpression $d e)", "f"}},
		"members":   {"a dot ends the variable", `"$a.b[0]"`, []string{"(VariableExpression $a)", ".b[0]"}},
		"special":   {"names of one sign", `"$$ $? $_"`, []string{"(VariableExpression $$)", " ", "(VariableExpression $?)", " ", "(VariableExpression $_)"}},
		"nested":    {"a string in a subexpression in a string", `"$( "x$y" )"`, []string{"(SubExpression (StatementBlock (Pipeline (CommandExpression (ExpandableStringExpression DoubleQuoted 'x$y' (VariableExpression $y))))))"}},
		"doubled":   {"its quotes may be doubled", `"$( ""x$y"" )"`, []string{"(SubExpression (StatementBlock (Pipeline (CommandExpression (ExpandableStringExpression DoubleQuoted 'x$y' (VariableExpression $y))))))"}},
		"here":      {"a here-string expands too", "@\"\n$a\n\"@", []string{"(VariableExpression $a)"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			text, ok := value(t, c.source).(*syntax.ExpandableStringExpression)
			if !ok {
				t.Fatalf("%s: %q is not expandable", c.reason, c.source)
			}
			var got []string
			for _, part := range text.Parts {
				if part.Expression != nil {
					got = append(got, syntax.Outline(part.Expression))
				} else {
					got = append(got, part.Literal)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: %q (-want +got):\n%s", c.reason, c.source, diff)
			}
		})
	}
}

func TestByteOrderMark(t *testing.T) {
	script, err := syntax.Parse("\ufeff'a'\r\n\r\n'b'\r\n")
	if err != nil {
		t.Fatal(err)
	}
	last := script.End.Statements[1].Span()
	if got := last.From(); got != (syntax.Position{Offset: 7, Line: 3, Column: 1}) {
		t.Errorf("the second string begins at %+v", got)
	}
}
