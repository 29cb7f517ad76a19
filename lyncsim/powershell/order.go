package powershell

import (
	"cmp"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// order is the order of two single values: negative, zero or positive.
func (f *frame) order(left, right any, heed bool) (int, error) {
	if left == nil || right == nil {
		return orderNull(left, right), nil
	}
	if s, ok := left.(string); ok {
		return int(dotnet.CompareText(s, f.text(right), !heed)), nil
	}
	if value.IsNumber(left) {
		r, err := f.number(right)
		if err != nil {
			return 0, f.incomparable(left, right)
		}
		if r != nil {
			return compareNumbers(left, r), nil
		}
	}
	converted, err := dotnet.Convert(f.rs.env, right, dotnet.TypeOf(left))
	if err != nil {
		return 0, f.incomparable(left, right)
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
	return 0, f.fail(runtimeException, "NotIcomparable", "InvalidOperation", nil,
		"Cannot compare \"%s\" because it is not IComparable.", value.Text(left))
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

// aboveNull is 1, but -1 for negative numbers: $null lies between them and the rest.
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
