package powershell

import (
	"errors"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// binary evaluates an operator between two expressions. A logical operator evaluates
// its right side only when the left side does not decide the result.
func (f *frame) binary(e *syntax.BinaryExpression) (any, error) {
	left, err := f.eval(e.Left)
	if err != nil {
		return nil, err
	}
	switch e.Operator {
	case syntax.And:
		if !value.Truth(left) {
			return false, nil
		}
	case syntax.Or:
		if value.Truth(left) {
			return true, nil
		}
	}
	right, err := f.eval(e.Right)
	if err != nil {
		return nil, err
	}
	return f.operate(e.Operator, left, right)
}

// operate applies a binary operator to two values.
func (f *frame) operate(operator syntax.Operator, left, right any) (any, error) {
	switch operator {
	case syntax.And, syntax.Or:
		return value.Truth(right), nil
	case syntax.Xor:
		return value.Truth(left) != value.Truth(right), nil
	case syntax.Plus:
		return f.add(left, right)
	case syntax.Minus, syntax.Divide, syntax.Rem:
		return f.arithmetic(operator, left, right)
	case syntax.Multiply:
		return f.multiply(left, right)
	case syntax.Band, syntax.Bor, syntax.Bxor, syntax.Shl, syntax.Shr:
		return f.bitwise(operator, left, right)
	case syntax.DotDot:
		return f.rangeOf(left, right)
	case syntax.Format:
		return f.format(left, right)
	case syntax.Join:
		return join(left, value.Text(right)), nil
	case syntax.Is:
		return f.is(left, right)
	case syntax.IsNot:
		yes, err := f.is(left, right)
		return !yes, err
	case syntax.As:
		return f.as(left, right)
	}
	return f.caseOperator(string(operator), left, right)
}

// caseOperator applies an operator that exists with and without regard to case:
// Ieq and Ceq.
func (f *frame) caseOperator(operator string, left, right any) (any, error) {
	name, heed := operator[1:], operator[0] == 'C'
	switch name {
	case "eq", "ne", "gt", "ge", "lt", "le":
		return f.filter(left, func(item any) (bool, error) { return f.compare(name, item, right, heed) })
	case "like", "notlike":
		return f.filter(texts(left), func(item any) (bool, error) {
			yes, err := f.like(value.Text(item), value.Text(right), heed)
			return yes == (name == "like"), err
		})
	case "match", "notmatch":
		return f.match(left, right, matchMode{heed: heed, negate: name == "notmatch"})
	case "replace":
		return f.replace(left, right, heed)
	case "split":
		return f.split(left, right, heed)
	case "contains", "notcontains":
		return f.contains(left, right, heed, name == "contains")
	case "in", "notin":
		return f.contains(right, left, heed, name == "in")
	}
	return nil, f.refuse("the operator " + operator)
}

// texts are the elements of a collection as texts; another value stays as it is.
func texts(v any) any {
	list, ok := value.Items(v)
	if !ok {
		return v
	}
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = value.Text(item)
	}
	return out
}

// items are the elements of a collection, or the value alone.
func items(v any) []any {
	if list, ok := value.Items(v); ok {
		return list
	}
	return []any{v}
}

// join is -join. An array inside the list appears with its elements, unlike in a string.
func join(v any, separator string) string {
	if _, many := value.Items(v); !many {
		return value.Text(v)
	}
	var parts []string
	for _, item := range items(v) {
		switch item.(type) {
		case value.DateTime, *dotnet.Type, []any, *value.List:
			parts = append(parts, value.MethodText(item, false))
		default:
			parts = append(parts, value.Text(item))
		}
	}
	return strings.Join(parts, separator)
}

// filter applies a test. For a single value the result is true or false; for a
// collection it is the elements that pass.
func (f *frame) filter(left any, test func(item any) (bool, error)) (any, error) {
	list, ok := value.Items(left)
	if !ok {
		return orNil(test(left))
	}
	out := []any{}
	for _, item := range list {
		yes, err := test(item)
		if err != nil {
			return nil, err
		}
		if yes {
			out = append(out, item)
		}
	}
	return out, nil
}

func orNil(b bool, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return b, nil
}

func (f *frame) contains(list, item any, heed, want bool) (any, error) {
	for _, have := range items(list) {
		yes, err := f.equal(have, item, heed)
		if err != nil {
			return nil, err
		}
		if yes {
			return want, nil
		}
	}
	return !want, nil
}

// is reports whether a value has a type. The right side is the type or its name.
func (f *frame) is(left, right any) (bool, error) {
	t, err := f.typeOperand(right)
	if err != nil {
		return false, err
	}
	return dotnet.Is(left, t), nil
}

// as is -as: it converts the left side, or gives $null when the conversion fails.
func (f *frame) as(left, right any) (any, error) {
	t, err := f.typeOperand(right)
	if err != nil {
		return nil, err
	}
	if _, isTable := left.(*value.Hashtable); isTable && t.Name == value.CustomObject {
		return left, nil
	}
	if _, isDate := left.(value.DateTime); isDate && (t.Name == "System.String" || t.Name == "System.String[]") {
		return dotnet.Convert(f.rs.env, value.MethodText(left, false), t)
	}
	v, err := dotnet.Convert(f.rs.env, left, t)
	if _, refused := errors.AsType[*dotnet.Unsupported](err); refused {
		return nil, f.raising(err)
	}
	if err != nil {
		return nil, nil
	}
	return v, nil
}

func (f *frame) typeOperand(v any) (*dotnet.Type, error) {
	if t, ok := v.(*dotnet.Type); ok {
		return t, nil
	}
	name := strings.Trim(value.Text(v), "[]")
	if t, ok := dotnet.Lookup(name); ok {
		return t, nil
	}
	if dotnet.Known(name) {
		return nil, f.refuse("the type [" + name + "]")
	}
	return nil, f.fail(runtimeException, "TypeNotFound", "InvalidOperation", name, "Unable to find type [%s].", name)
}

func (f *frame) format(left, right any) (any, error) {
	text, err := dotnet.Format(value.Text(left), items(right), f.rs.Edition() == Core7)
	if exception, ok := errors.AsType[*value.Exception](err); ok {
		return nil, f.raise(value.NewErrorRecord(
			&value.Exception{Type: runtimeException, Message: "Error formatting a string: " + exception.Message, Inner: exception},
			"FormatError", "InvalidOperation", nil))
	}
	return text, f.raising(err)
}
