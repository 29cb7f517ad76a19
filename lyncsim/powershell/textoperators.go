package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// matchMode says how -match and the operators related to it compare.
type matchMode struct {
	heed   bool // case matters
	negate bool
}

// match is -match. With a single text on the left it fills $Matches.
func (f *frame) match(left, right any, mode matchMode) (any, error) {
	re, err := f.regex(right, mode.heed)
	if err != nil {
		return nil, err
	}
	if list, ok := value.Items(left); ok {
		out := []any{}
		for _, item := range list {
			m, err := re.Match(f.text(item), 0)
			if err != nil {
				return nil, f.raising(err)
			}
			if (m != nil) != mode.negate {
				out = append(out, item)
			}
		}
		return out, nil
	}
	m, err := re.Match(f.text(left), 0)
	if err != nil {
		return nil, f.raising(err)
	}
	if m != nil {
		f.scope.set("Matches", m.Table())
	}
	return (m != nil) != mode.negate, nil
}

func (f *frame) regexMatch(text string, pattern any, heed bool) (bool, error) {
	out, err := f.match(text, pattern, matchMode{heed: heed})
	yes, _ := out.(bool)
	return yes, err
}

// regex is the pattern of an operator: text, or a [regex] with options of its own.
func (f *frame) regex(pattern any, heed bool) (*dotnet.Regex, error) {
	if re, ok := pattern.(*dotnet.Regex); ok {
		return re, nil
	}
	options := ""
	if !heed {
		options = "i"
	}
	re, err := dotnet.CompileRegex(f.text(pattern), options)
	if err != nil {
		return nil, f.fail(runtimeException, "InvalidRegularExpression", "InvalidOperation", pattern,
			"The regular expression pattern %s is not valid.", f.text(pattern))
	}
	return re, nil
}

// replace is -replace: every match in the text, or in each element of a list.
func (f *frame) replace(left, right any, heed bool) (any, error) {
	operands := items(right)
	if len(operands) > 2 {
		return nil, f.fail(runtimeException, "BadReplaceArgument", "InvalidOperation", right,
			"The -ireplace operator allows only two elements to follow it, not %d.", len(operands))
	}
	var replacement any = ""
	if len(operands) == 2 {
		replacement = operands[1]
	}
	re, err := f.regex(operands[0], heed)
	if err != nil {
		return nil, err
	}
	if block, ok := replacement.(*ScriptBlock); ok {
		if f.rs.Edition() != Core7 {
			replacement = block.String()
		} else {
			return nil, f.refuse("-replace with a script block")
		}
	}
	one := func(v any) (any, error) { return re.Replace(f.text(v), f.text(replacement)) }
	list, ok := value.Items(left)
	if !ok {
		v, err := one(left)
		return v, f.raising(err)
	}
	out := make([]any, len(list))
	for i, item := range list {
		if out[i], err = one(item); err != nil {
			return nil, f.raising(err)
		}
	}
	return out, nil
}

// splitOptions are the values that -split understands as its third operand.
var splitOptions = map[string]bool{"regexmatch": true, "simplematch": true, "ignorecase": true, "": true}

// split is -split: pattern, then the largest number of parts, then options.
func (f *frame) split(left, right any, heed bool) (any, error) {
	operands := items(right)
	limit, options := int64(0), ""
	if len(operands) > 1 {
		n, ok := value.ToInt(operands[1])
		if !ok {
			return nil, f.fail(runtimeException, "RuntimeException", "NotSpecified", nil,
				"Cannot convert value \"%s\" to type \"System.Int32\".", value.Text(operands[1]))
		}
		limit = n
	}
	if len(operands) > 2 {
		options = strings.ToLower(value.Text(operands[2]))
	}
	if len(operands) == 0 {
		return nil, f.refuse("-split by nothing")
	}
	if _, isBlock := operands[0].(*ScriptBlock); isBlock || !splitOptions[options] || limit < 0 {
		return nil, f.refuse("this form of -split")
	}
	pattern := operands[0]
	if options == "simplematch" {
		pattern = dotnet.EscapeRegex(value.Text(pattern))
	}
	re, err := f.regex(pattern, heed && options != "ignorecase")
	if err != nil {
		return nil, err
	}
	var parts []string
	for _, item := range items(left) {
		got, err := re.SplitOperator(f.text(item), int(limit))
		if err != nil {
			return nil, f.raising(err)
		}
		parts = append(parts, got...)
	}
	return value.From(parts), nil
}

// splitBlanks is unary -split: words without the blanks around them.
func (f *frame) splitBlanks(v any) any {
	var words []string
	for _, item := range items(v) {
		words = append(words, strings.Fields(f.text(item))...)
	}
	return value.From(words)
}
