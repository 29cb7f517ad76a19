package powershell

import (
	"math/big"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func (f *frame) bitwise(operator syntax.Operator, left, right any) (any, error) {
	l, lok := value.ToInt(left)
	r, rok := value.ToInt(right)
	if !lok || !rok {
		return nil, f.castFailure(right)
	}
	isWide := wide(left) || wide(right)
	var n int64
	switch operator {
	case syntax.Band:
		n = l & r
	case syntax.Bor:
		n = l | r
	case syntax.Bxor:
		n = l ^ r
	default:
		return shift(operator, l, r, wide(left)), nil
	}
	if e, ok := left.(value.Enum); ok {
		return value.Enum{Type: e.Type, Value: n}, nil
	}
	return fit(big.NewInt(n), isWide), nil
}

func shift(operator syntax.Operator, l, r int64, isWide bool) any {
	bits := r & 31
	if isWide {
		bits = r & 63
	}
	switch {
	case isWide && operator == syntax.Shl:
		return l << bits
	case isWide:
		return l >> bits
	case operator == syntax.Shl:
		return int32(l) << bits
	}
	return int32(l) >> bits
}

func (f *frame) complement(v any) (any, error) {
	n, ok := value.ToInt(v)
	if !ok {
		return nil, f.castFailure(v)
	}
	return fit(big.NewInt(^n), wide(v)), nil
}
