package powershell

import (
	"cmp"
	"errors"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
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
