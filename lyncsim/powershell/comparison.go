package powershell

import (
	"cmp"
	"errors"
	"unicode"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// compare applies one of eq ne gt ge lt le to two single values. The right value is
// converted to the type of the left value.
func (f *frame) compare(name string, left, right any, heed bool) (bool, error) {
	if name == "eq" || name == "ne" {
		same, err := f.equal(left, right, heed)
		return same == (name == "eq"), err
	}
	if text, ok := right.(string); ok && isNaN(left) {
		if n, ok := value.ParseNumber(text); ok {
			right = n
		}
	}
	if isNaN(left) && isOrdered(right) || isNaN(right) && isOrdered(left) {
		return false, nil
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

func equalText(x, y string, heed bool) bool { return dotnet.EqualText(x, y, !heed) }

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
		return !isNaN(left) && !isNaN(right) && compareNumbers(left, right) == 0, nil
	}
	if err := f.enumAgainst(left, right); err != nil {
		return false, err
	}
	if dotnet.Same(left, right) {
		return true, nil
	}
	if e, ok := left.(value.Enum); ok && isOrdered(right) {
		n, _ := numeric(right)
		return compareNumbers(int32(e.Value), n) == 0, nil
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
	if x, ok := left.(value.Char); ok && !heed {
		return unicode.ToLower(rune(x)) == unicode.ToLower(rune(converted.(value.Char))), nil
	}
	return dotnet.Same(left, converted), nil
}

func isNaN(v any) bool {
	n, ok := value.ToFloat(v)
	return ok && value.IsNumber(v) && n != n
}

// isOrdered reports whether a number can be compared with the value.
func isOrdered(v any) bool {
	_, ok := numeric(v)
	return ok
}

// enumAgainst is the error of comparing an enumeration with an unsigned number or a
// decimal, nil for other values.
func (f *frame) enumAgainst(left, right any) error {
	e, ok := left.(value.Enum)
	if !ok {
		return nil
	}
	switch right.(type) {
	case uint32, uint64, value.Decimal:
		return f.fail("System.InvalidOperationException", "System.InvalidOperationException", "OperationStopped", nil,
			"The binary operator GreaterThanOrEqual is not defined for the types '%s' and 'System.Int32'.", e.Type.Name)
	}
	return nil
}

func compareNumbers(left, right any) int {
	if value.IsInteger(left) && value.IsInteger(right) {
		return bigOf(left).Cmp(bigOf(right))
	}
	x, _ := value.ToFloat(left)
	y, _ := value.ToFloat(right)
	return cmp.Compare(x, y)
}
