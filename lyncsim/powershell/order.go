package powershell

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// order is the order of two single values: negative, zero or positive.
func (f *frame) order(left, right any, heed bool) (int, error) {
	if err := f.enumOrder(left, right); err != nil {
		return 0, err
	}
	if left == nil || right == nil {
		return orderNull(left, right), nil
	}
	if s, ok := left.(string); ok {
		return int(dotnet.CompareText(s, f.text(right), !heed)), nil
	}
	if o, ok := left.(*value.Object); ok && o.IsCustom() {
		return 0, f.fail("System.Management.Automation.ExtendedTypeSystemException", "PSObjectCompareTo", "NotSpecified", nil,
			"Cannot compare \"%s\" to \"%s\" because the objects are not the same type or the object \"%s\" does not implement \"IComparable\".",
			value.Text(left), value.Text(right), value.Text(left))
	}
	_, isEnum := left.(value.Enum)
	if _, isText := right.(string); value.IsNumber(left) || isEnum && !isText {
		if _, ok := numeric(right); !ok && !isText {
			return 0, f.incomparable(left, right)
		}
		r, err := f.rightOperand(syntax.Minus, left, right)
		if err != nil {
			return 0, err
		}
		n, _ := numeric(left)
		return compareNumbers(n, r), nil
	}
	converted, err := dotnet.Convert(f.rs.env, right, dotnet.TypeOf(left))
	if err != nil {
		return 0, f.unordered(err, left, right)
	}
	switch x := left.(type) {
	case value.DateTime:
		return x.Time.Compare(converted.(value.DateTime).Time), nil
	case value.Version:
		return x.Compare(converted.(value.Version)), nil
	case time.Duration:
		return cmp.Compare(x, converted.(time.Duration)), nil
	case bool, value.Switch, value.Char, value.Enum:
		l, _ := value.ToInt(left)
		r, _ := value.ToInt(converted)
		return cmp.Compare(l, r), nil
	case value.Guid:
		return strings.Compare(string(x), string(converted.(value.Guid))), nil
	}
	if dotnet.Same(left, right) {
		return 0, nil
	}
	return 0, f.notComparable(left)
}

// enumOrder is the error of ordering an enumeration and a value that it cannot be
// ordered with, nil for other pairs of values.
func (f *frame) enumOrder(left, right any) error {
	if err := f.enumAgainst(left, right); err != nil {
		return err
	}
	_, leftEnum := left.(value.Enum)
	if _, rightEnum := right.(value.Enum); leftEnum && right == nil || left == nil && rightEnum {
		return f.fail("System.InvalidOperationException", "System.InvalidOperationException", "OperationStopped", nil,
			"The binary operator LessThan is not defined for the types of \"%s\" and \"%s\".", value.Text(left), value.Text(right))
	}
	return nil
}

// unordered is the error for a right side that could not be converted to the type of
// the left side.
func (f *frame) unordered(err error, left, right any) error {
	if _, refused := errors.AsType[*dotnet.Unsupported](err); refused {
		return f.raising(err)
	}
	switch left.(type) {
	case value.Enum:
		return f.raising(err)
	case bool, value.Switch, value.Char, value.DateTime, time.Duration, value.Version, value.Guid:
		return f.incomparable(left, right)
	}
	return f.notComparable(left)
}

func (f *frame) notComparable(v any) error {
	return f.fail(runtimeException, "NotIcomparable", "InvalidOperation", nil,
		"Cannot compare \"%s\" because it is not IComparable.", value.Text(v))
}

func orderNull(left, right any) int {
	switch {
	case left == nil && right == nil:
		return 0
	case left == nil:
		return -aboveNull(right)
	}
	return aboveNull(left)
}

// aboveNull gives the order of a value against $null: -1 for a negative number, 1 for
// every other value.
func aboveNull(v any) int {
	if value.IsNumber(v) && compareNumbers(v, int32(0)) < 0 {
		return -1
	}
	return 1
}

func (f *frame) incomparable(left, right any) error {
	return f.fail(runtimeException, "ComparisonFailure", "InvalidOperation", nil,
		"Could not compare \"%s\" to \"%s\". Error: \"Cannot convert value \"%s\" to type \"%s\".\"",
		value.Text(left), value.Text(right), value.Text(right), value.TypeName(left))
}
