package powershell

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/syntax"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// compare is one of eq ne gt ge lt le between two single values. The right one
// is converted to the type of the left.
func (f *frame) compare(name string, left, right any, heed bool) (bool, error) {
	if name == "eq" || name == "ne" {
		same, err := f.equal(left, right, heed)
		return same == (name == "eq"), err
	}
	c, err := f.order(left, right, heed)
	if err != nil {
		return false, err
	}
	switch name {
	case "gt":
		return c > 0, nil
	case "ge":
		return c >= 0, nil
	case "lt":
		return c < 0, nil
	}
	return c <= 0, nil
}

// Compare orders two values as -lt does, case ignored; for cmdlets that sort.
func (rs *Runspace) Compare(left, right any, heedCase bool) (int, error) {
	f := rs.frame(rs.env.Context)
	return f.order(left, right, heedCase)
}

// Equal compares two values as -eq does; for cmdlets that group and compare.
func (rs *Runspace) Equal(left, right any, heedCase bool) bool {
	f := rs.frame(rs.env.Context)
	same, err := f.equal(left, right, heedCase)
	return same && err == nil
}

func equalText(x, y string, heed bool) bool {
	if heed {
		return x == y
	}
	return strings.EqualFold(x, y)
}

// equal is -eq between single values. What cannot be converted is not equal.
func (f *frame) equal(left, right any, heed bool) (bool, error) {
	if left == nil || right == nil {
		return left == nil && right == nil, nil
	}
	if s, ok := left.(string); ok {
		return equalText(s, f.text(right), heed), nil
	}
	if b, ok := left.(bool); ok {
		return b == value.Truth(right), nil
	}
	if value.IsNumber(left) && value.IsNumber(right) {
		return compareNumbers(left, right) == 0, nil
	}
	if dotnet.Same(left, right) {
		return true, nil
	}
	converted, err := dotnet.Convert(f.rs.env, right, dotnet.TypeOf(left))
	if err != nil {
		if _, refused := errors.AsType[*dotnet.Unsupported](err); refused {
			return false, f.raising(err)
		}
		return false, nil
	}
	if value.IsNumber(left) {
		return compareNumbers(left, converted) == 0, nil
	}
	if x, ok := left.(value.DateTime); ok {
		y, ok := converted.(value.DateTime)
		return ok && x.Time.Equal(y.Time), nil
	}
	return dotnet.Same(left, converted), nil
}

func compareNumbers(left, right any) int {
	if value.IsInteger(left) && value.IsInteger(right) {
		return bigOf(left).Cmp(bigOf(right))
	}
	x, _ := value.ToFloat(left)
	y, _ := value.ToFloat(right)
	return cmp.Compare(x, y)
}

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

func isTime(v any) bool {
	switch v.(type) {
	case value.DateTime, time.Duration:
		return true
	}
	return false
}

// addTime is + with a date or time span on the left.
func (f *frame) addTime(left, right any) (any, error) {
	span, err := f.cast(right, dotnet.MustLookup("timespan"))
	if err != nil {
		return nil, err
	}
	switch l := left.(type) {
	case value.DateTime:
		l.Time = l.Time.Add(span.(time.Duration))
		return l, nil
	case time.Duration:
		return l + span.(time.Duration), nil
	}
	return f.arithmetic(syntax.Plus, nil, left)
}

// subtractTime is - between dates and time spans.
func (f *frame) subtractTime(left, right any) (any, error) {
	switch l := left.(type) {
	case value.DateTime:
		if r, ok := right.(time.Duration); ok {
			l.Time = l.Time.Add(-r)
			return l, nil
		}
		r, err := f.cast(right, dotnet.MustLookup("datetime"))
		if err != nil {
			return nil, err
		}
		return l.Time.Sub(r.(value.DateTime).Time), nil
	case time.Duration:
		r, err := f.cast(right, dotnet.MustLookup("timespan"))
		if err != nil {
			return nil, err
		}
		return l - r.(time.Duration), nil
	}
	if span, ok := right.(time.Duration); ok && value.IsNumber(left) {
		n, _ := value.ToInt(left)
		return time.Duration(n)*100 - span, nil
	}
	return nil, f.refuse("arithmetic with a date on the right")
}
