package powershell

import (
	"math"
	"math/big"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// compute does arithmetic on two numbers in the wider of their types.
func (f *frame) compute(operator syntax.Operator, l, r any) (any, error) {
	_, decimalLeft := l.(value.Decimal)
	_, decimalRight := r.(value.Decimal)
	if decimalLeft || decimalRight {
		return f.computeDecimal(operator, l, r)
	}
	if !value.IsInteger(l) || !value.IsInteger(r) {
		x, _ := value.ToFloat(l)
		y, _ := value.ToFloat(r)
		return computeFloat(operator, x, y), nil
	}
	x, y := bigOf(l), bigOf(r)
	z := new(big.Int)
	switch operator {
	case syntax.Plus:
		z.Add(x, y)
	case syntax.Minus:
		z.Sub(x, y)
	case syntax.Multiply:
		z.Mul(x, y)
	case syntax.Divide, syntax.Rem:
		if y.Sign() == 0 {
			return nil, f.divideByZero()
		}
		quotient, rest := new(big.Int).QuoRem(x, y, new(big.Int))
		z = rest
		if operator == syntax.Divide {
			if rest.Sign() != 0 {
				a, _ := value.ToFloat(l)
				b, _ := value.ToFloat(r)
				return a / b, nil
			}
			z = quotient
		}
	}
	return fit(z, wholeType(l, r)), nil
}

func (f *frame) divideByZero() error {
	exception := value.NewException(runtimeException, "Attempted to divide by zero.")
	exception.Inner = value.NewException("System.DivideByZeroException", exception.Message)
	return f.raise(value.NewErrorRecord(exception, "RuntimeException", "NotSpecified", nil))
}

func bigOf(v any) *big.Int {
	if u, ok := v.(uint64); ok {
		return new(big.Int).SetUint64(u)
	}
	n, _ := value.ToInt(v)
	return big.NewInt(n)
}

// whole is the type that whole numbers are computed in.
type whole int

const (
	whole32 whole = iota
	wholeU32
	whole64
	wholeU64
)

// wholeType is the type in which two whole numbers are computed. An unsigned type is
// used only when the other side is not negative.
func wholeType(l, r any) whole {
	t := max(wholeOf(l), wholeOf(r))
	negative := bigOf(l).Sign() < 0 || bigOf(r).Sign() < 0
	if negative && (t == wholeU32 || t == wholeU64) {
		return whole64
	}
	return t
}

func wholeOf(v any) whole {
	switch v.(type) {
	case uint32:
		return wholeU32
	case int64:
		return whole64
	case uint64:
		return wholeU64
	}
	return whole32
}

// fit converts a whole number to the type, or to Double when the type cannot hold it.
func fit(z *big.Int, t whole) any {
	if t == wholeU64 && z.IsUint64() {
		return z.Uint64()
	}
	if t == whole64 && z.IsInt64() {
		return z.Int64()
	}
	n := z.Int64()
	switch {
	case z.IsInt64() && t == wholeU32 && n >= 0 && n <= math.MaxUint32:
		return uint32(n)
	case z.IsInt64() && t == whole32 && n >= math.MinInt32 && n <= math.MaxInt32:
		return int32(n)
	}
	f, _ := new(big.Float).SetMode(big.ToZero).SetPrec(53).SetInt(z).Float64()
	return f
}

func computeFloat(operator syntax.Operator, x, y float64) any {
	switch operator {
	case syntax.Plus:
		return x + y
	case syntax.Minus:
		return x - y
	case syntax.Multiply:
		return x * y
	case syntax.Divide:
		return x / y
	}
	return math.Mod(x, y)
}

func (f *frame) computeDecimal(operator syntax.Operator, l, r any) (any, error) {
	decimal := dotnet.MustLookup("decimal")
	lv, err := f.cast(l, decimal)
	rv, rightErr := f.cast(r, decimal)
	if err != nil || rightErr != nil {
		return nil, f.decimalOverflow()
	}
	x, y := lv.(value.Decimal), rv.(value.Decimal)
	if (operator == syntax.Divide || operator == syntax.Rem) && y.Sign() == 0 {
		return nil, f.divideByZero()
	}
	z, ok := decimals[operator](x, y)
	if !ok {
		return nil, f.decimalOverflow()
	}
	return z, nil
}

func (f *frame) decimalOverflow() error {
	return f.fail("System.OverflowException", "System.OverflowException", "OperationStopped", nil,
		"Value was either too large or too small for a Decimal.")
}

// decimals are the operators between two decimals; false when the result is too big.
var decimals = map[syntax.Operator]func(x, y value.Decimal) (value.Decimal, bool){
	syntax.Plus:     value.Decimal.Plus,
	syntax.Minus:    func(x, y value.Decimal) (value.Decimal, bool) { return x.Plus(y.Negated()) },
	syntax.Multiply: value.Decimal.Times,
	syntax.Divide:   value.Decimal.Over,
	syntax.Rem:      value.Decimal.Modulo,
}
