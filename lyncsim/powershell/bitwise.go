package powershell

import (
	"math/big"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// bitwise is -band, -bor, -bxor, -shl and -shr.
func (f *frame) bitwise(operator syntax.Operator, left, right any) (any, error) {
	l, r, err := f.bitOperands(left, right)
	if err != nil {
		return nil, err
	}
	if operator == syntax.Shl || operator == syntax.Shr {
		return f.shift(operator, l, r)
	}
	_, leftNumeric := numeric(l)
	_, rightNumeric := numeric(r)
	_, leftDate := l.(value.DateTime)
	_, rightDate := r.(value.DateTime)
	broken := isReal(l) && !rightNumeric || isReal(r) && !leftNumeric
	switch {
	case broken && !leftDate && !rightDate:
		return nil, f.fail("System.NullReferenceException", "System.NullReferenceException", "OperationStopped", nil,
			"Object reference not set to an instance of an object.")
	case !leftNumeric:
		return nil, f.noOperator(operator, l)
	case !rightNumeric:
		return nil, f.noOperator(operator, r)
	case isReal(l) || isReal(r):
		if l, r, err = f.wholeOperands(l, r); err != nil {
			return nil, err
		}
	}
	z := bitOperators[operator](new(big.Int), bigOf(l), bigOf(r))
	if e, ok := l.(value.Enum); ok {
		return value.Enum{Type: e.Type, Value: int64(int32(z.Int64()))}, nil
	}
	return fit(z, wholeType(l, r)), nil
}

var bitOperators = map[syntax.Operator]func(z, x, y *big.Int) *big.Int{
	syntax.Band: (*big.Int).And, syntax.Bor: (*big.Int).Or, syntax.Bxor: (*big.Int).Xor,
}

// bitOperands are both sides, texts turned into the numbers that they hold.
func (f *frame) bitOperands(left, right any) (l, r any, err error) {
	l, r = left, right
	if s, ok := left.(string); ok {
		if l, err = f.numericText(s, right); err != nil {
			return nil, nil, err
		}
	}
	s, ok := right.(string)
	if !ok {
		return l, r, nil
	}
	if n, isNumber := value.ParseNumber(s); isNumber {
		return l, n, nil
	}
	t := dotnet.MustLookup("int")
	if _, isEnum := left.(value.Enum); isEnum || value.IsNumber(left) {
		t = dotnet.TypeOf(l)
	}
	r, err = f.cast(right, t)
	return l, r, err
}

// isReal reports whether a value is a number that is not of an integer type.
func isReal(v any) bool { return value.IsNumber(v) && !value.IsInteger(v) }

// wholeOperands are both sides as UInt64, or as Int64 when one is negative.
func (f *frame) wholeOperands(left, right any) (l, r any, err error) {
	t := dotnet.MustLookup("uint64")
	for _, v := range []any{left, right} {
		if n, _ := value.ToFloat(v); n < 0 {
			t = dotnet.MustLookup("long")
		}
	}
	number := func(v any) any {
		if n, ok := numeric(v); ok {
			return n
		}
		return v
	}
	if l, err = f.cast(number(left), t); err != nil {
		return nil, nil, err
	}
	r, err = f.cast(number(right), t)
	return l, r, err
}

// shift is -shl and -shr. The result has the type of the left side.
func (f *frame) shift(operator syntax.Operator, left, right any) (any, error) {
	switch left.(type) {
	case bool, value.Char:
		if _, ok := numeric(right); !ok {
			return nil, f.noOperator(operator, right)
		}
		return nil, f.notDefined(map[syntax.Operator]string{syntax.Shl: "<<", syntax.Shr: ">>"}[operator], left, right)
	case value.Enum, float32, float64, value.Decimal, uint8, int8, int16, uint16:
		return nil, f.refuse("shifting a " + value.TypeName(left))
	}
	n, ok := numeric(left)
	if !ok {
		return nil, f.noOperator(operator, left)
	}
	by, err := f.cast(right, dotnet.MustLookup("int"))
	if err != nil {
		return nil, err
	}
	return shifted(operator == syntax.Shl, n, uint(by.(int32))), nil
}

func shifted(up bool, n any, by uint) any {
	if !up {
		switch x := n.(type) {
		case int64:
			return x >> (by & 63)
		case uint64:
			return x >> (by & 63)
		case uint32:
			return x >> (by & 31)
		}
		return n.(int32) >> (by & 31)
	}
	switch x := n.(type) {
	case int64:
		return x << (by & 63)
	case uint64:
		return x << (by & 63)
	case uint32:
		return x << (by & 31)
	}
	return n.(int32) << (by & 31)
}

func (f *frame) complement(v any) (any, error) {
	n, ok := value.ToInt(v)
	if !ok {
		return nil, f.castFailure(v)
	}
	return fit(big.NewInt(^n), wholeOf(v)), nil
}
