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
	return fit(z, wide(l) || wide(r)), nil
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

func wide(v any) bool {
	switch v.(type) {
	case int64, uint32, uint64:
		return true
	}
	return false
}

// fit is a whole number in Int32, in Int64 when an operand was wide, or in
// Double when it is too big for that.
func fit(z *big.Int, wide bool) any {
	if !z.IsInt64() {
		if z.IsUint64() && wide {
			return z.Uint64()
		}
		f, _ := new(big.Float).SetInt(z).Float64()
		return f
	}
	n := z.Int64()
	if wide {
		return n
	}
	if n >= math.MinInt32 && n <= math.MaxInt32 {
		return int32(n)
	}
	return float64(n)
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
	if err != nil {
		return nil, err
	}
	rv, err := f.cast(r, decimal)
	if err != nil {
		return nil, err
	}
	x, y := lv.(value.Decimal), rv.(value.Decimal)
	z := new(big.Rat)
	switch operator {
	case syntax.Plus:
		return value.Decimal{Rat: z.Add(x.Rat, y.Rat), Scale: max(x.Scale, y.Scale)}, nil
	case syntax.Minus:
		return value.Decimal{Rat: z.Sub(x.Rat, y.Rat), Scale: max(x.Scale, y.Scale)}, nil
	case syntax.Multiply:
		return value.Decimal{Rat: z.Mul(x.Rat, y.Rat), Scale: x.Scale + y.Scale}, nil
	}
	return nil, f.refuse("division of decimals")
}
