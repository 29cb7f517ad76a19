package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// argument is one argument of a command: -Name, -Name:value or a value. The
// binder decides which value belongs to which name.
type argument struct {
	name     string // without the dash, "" for a value alone
	value    any
	hasValue bool
	text     string // as written, for errors and for commands without parameters
	number   bool   // a bare number: a [string] parameter takes the text
	splatted bool
	remote   bool // a remote caller sent it: a list for a [string] parameter is joined
}

// arguments evaluates the arguments behind a command's name.
func (f *frame) arguments(elements []syntax.CommandElement) ([]argument, error) {
	var args []argument
	for _, element := range elements {
		switch e := element.(type) {
		case *syntax.CommandParameter:
			a, err := f.namedArgument(e)
			if err != nil {
				return nil, err
			}
			args = append(args, a)
		case *syntax.VariableExpression:
			if e.Splatted {
				splatted, err := f.splat(e)
				if err != nil {
					return nil, err
				}
				args = append(args, splatted...)
				continue
			}
			v, err := f.eval(e)
			if err != nil {
				return nil, err
			}
			args = append(args, argument{value: v, hasValue: true, text: e.Text()})
		case syntax.Expression:
			v, err := f.eval(e)
			if err != nil {
				return nil, err
			}
			_, number := e.(*syntax.ConstantExpression)
			args = append(args, argument{value: v, hasValue: true, text: e.Span().Text(), number: number})
		default:
			return nil, f.refuse("an argument of a new kind")
		}
	}
	return args, nil
}

func (f *frame) namedArgument(e *syntax.CommandParameter) (argument, error) {
	a := argument{name: e.Name, text: "-" + e.Name}
	if e.Argument == nil {
		return a, nil
	}
	v, err := f.eval(e.Argument)
	a.value, a.hasValue = v, true
	_, a.number = e.Argument.(*syntax.ConstantExpression)
	return a, err
}

// splat evaluates @name. A table becomes named arguments, an array becomes values.
func (f *frame) splat(e *syntax.VariableExpression) ([]argument, error) {
	v, err := f.eval(&syntax.VariableExpression{Name: e.Name})
	if err != nil {
		return nil, err
	}
	var args []argument
	if h, ok := v.(*value.Hashtable); ok {
		for _, k := range h.Keys() {
			x, _ := h.Get(k)
			args = append(args, argument{name: value.Text(k), value: x, hasValue: true, splatted: true, text: "-" + value.Text(k)})
		}
		return args, nil
	}
	for _, item := range value.Unroll(v) {
		if s, ok := item.(string); ok && strings.EqualFold(e.Name, "args") && isParameterText(s) {
			args = append(args, argument{name: s[1:], text: s})
			continue
		}
		args = append(args, argument{value: item, hasValue: true, text: value.Text(item)})
	}
	return args, nil
}

// isParameterText reports whether a text in $args looks like a parameter name: a
// dash and a letter.
func isParameterText(s string) bool {
	return len(s) > 1 && s[0] == '-' && (s[1] >= 'a' && s[1] <= 'z' || s[1] >= 'A' && s[1] <= 'Z')
}
