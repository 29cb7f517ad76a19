package value

import (
	"math/big"
	"strconv"
	"strings"
)

// Decimal is System.Decimal. Its digits without the point form a whole number of at
// most 96 bits, and at most 28 of them stand behind the point. Zeros at the end are
// kept as they were written: 1.50 stays 1.50.
type Decimal struct {
	*big.Rat
	Scale int // digits behind the point
}

// mostScale is the largest number of digits that a Decimal has behind the point.
const mostScale = 28

// decimalLimit is the first number whose digits do not fit in a Decimal.
var decimalLimit = new(big.Int).Lsh(big.NewInt(1), 96)

// NewDecimal reads decimal digits, e.g. "1.50" or "1e3". The second result is false
// when a Decimal cannot hold them.
func NewDecimal(digits string) (Decimal, bool) {
	r, ok := new(big.Rat).SetString(digits)
	if !ok {
		return Decimal{}, false
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(digits), "e")
	_, fraction, _ := strings.Cut(mantissa, ".")
	power, _ := strconv.Atoi(exponent)
	return roundedDecimal(r, max(0, len(fraction)-power))
}

// TypeName is the .NET name.
func (Decimal) TypeName() string { return "System.Decimal" }

// String prints the digits.
func (d Decimal) String() string { return d.FloatString(d.Scale) }

// roundedDecimal makes a Decimal of r with scale digits behind the point, or with fewer
// when not all of them fit. The last digit is rounded half to even. The second result is
// false when the digits before the point do not fit either.
func roundedDecimal(r *big.Rat, scale int) (Decimal, bool) {
	for scale = min(scale, mostScale); scale >= 0; scale-- {
		power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
		scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(power))
		if digits := roundHalfEven(scaled); digits.CmpAbs(decimalLimit) < 0 {
			return Decimal{Rat: new(big.Rat).SetFrac(digits, power), Scale: scale}, true
		}
	}
	return Decimal{}, false
}

func roundHalfEven(r *big.Rat) *big.Int {
	quotient, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	twice := new(big.Int).Abs(rest)
	twice.Lsh(twice, 1)
	if c := twice.Cmp(r.Denom()); c > 0 || c == 0 && quotient.Bit(0) == 1 {
		quotient.Add(quotient, big.NewInt(int64(r.Sign())))
	}
	return quotient
}

// Negated is -d.
func (d Decimal) Negated() Decimal { return Decimal{Rat: new(big.Rat).Neg(d.Rat), Scale: d.Scale} }

// Plus is d + e. The second result is false when the sum is too big for a Decimal.
func (d Decimal) Plus(e Decimal) (Decimal, bool) {
	return roundedDecimal(new(big.Rat).Add(d.Rat, e.Rat), max(d.Scale, e.Scale))
}

// Times is d * e. The second result is false when the product is too big for a Decimal.
func (d Decimal) Times(e Decimal) (Decimal, bool) {
	return roundedDecimal(new(big.Rat).Mul(d.Rat, e.Rat), d.Scale+e.Scale)
}

// Over is d / e, where e must not be zero. Zeros at the end of the quotient are dropped,
// but it keeps as many digits behind the point as d has more than e. The second result
// is false when the quotient is too big for a Decimal.
func (d Decimal) Over(e Decimal) (Decimal, bool) {
	q, ok := roundedDecimal(new(big.Rat).Quo(d.Rat, e.Rat), mostScale)
	for ok && q.Scale > max(0, d.Scale-e.Scale) {
		shorter, _ := roundedDecimal(q.Rat, q.Scale-1)
		if shorter.Cmp(q.Rat) != 0 {
			break
		}
		q = shorter
	}
	return q, ok
}

// Modulo is the remainder of d / e, where e must not be zero. The second result is
// false when a Decimal cannot hold the remainder.
func (d Decimal) Modulo(e Decimal) (Decimal, bool) {
	q := new(big.Rat).Quo(d.Rat, e.Rat)
	if new(big.Int).Abs(q.Num()).Cmp(q.Denom()) < 0 {
		return d, true
	}
	times := new(big.Rat).SetInt(new(big.Int).Quo(q.Num(), q.Denom()))
	return roundedDecimal(new(big.Rat).Sub(d.Rat, times.Mul(times, e.Rat)), max(d.Scale, e.Scale))
}
