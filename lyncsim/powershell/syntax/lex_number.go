package syntax

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// numeral holds the parts of a number as it was written.
type numeral struct {
	negative   bool
	hex        bool
	real       bool // has a dot or an exponent
	digits     string
	suffix     rune // 'l', 'd' or 0
	multiplier int64
}

// number reads a number. Text that only begins like a number is a word.
func (s *scan) number() token {
	n, ok := s.numeral()
	r := s.peek()
	if !ok || !endsWord(r) && (s.mode == commandMode || !endsNumber(r)) {
		return s.word()
	}
	value := n.value()
	if value != nil {
		return token{kind: numberToken, number: value}
	}
	if s.mode == commandMode {
		return s.word()
	}
	s.complain(s.start, "BadNumericConstant", "The numeric constant "+s.text[s.start:s.pos]+" is not valid.")
	return token{kind: numberToken, number: int32(0)}
}

func (s *scan) numeral() (numeral, bool) {
	n := numeral{multiplier: 1}
	if r := s.peek(); isDash(r) || r == '+' {
		n.negative = isDash(r)
		s.next()
	}
	from := s.pos
	var ok bool
	if s.peek() == '0' && (s.peekAt(1) == 'x' || s.peekAt(1) == 'X') {
		s.pos += 2
		n.hex = true
		from = s.pos
		s.skip(isHexDigit)
		ok = s.pos > from
	} else {
		n.real, ok = s.decimals()
	}
	n.digits = s.text[from:s.pos]
	n.suffix = s.suffix()
	var multiplied bool
	n.multiplier, multiplied = s.multiplier()
	return n, ok && multiplied
}

func (s *scan) skip(accept func(rune) bool) {
	for accept(s.peek()) {
		s.next()
	}
}

// decimals reads digits, fraction and exponent. Two dots are the range operator.
func (s *scan) decimals() (isReal, ok bool) {
	s.skip(isDigit)
	if s.peek() == '.' && s.peekAt(1) != '.' {
		isReal = true
		s.next()
		s.skip(isDigit)
	}
	if r := s.peek(); r != 'e' && r != 'E' {
		return isReal, true
	}
	s.next()
	if r := s.peek(); r == '+' || r == '-' {
		s.next()
	}
	from := s.pos
	s.skip(isDigit)
	return true, s.pos > from
}

func (s *scan) suffix() rune {
	switch s.peek() {
	case 'l', 'L':
		s.next()
		return 'l'
	case 'd', 'D':
		s.next()
		return 'd'
	}
	return 0
}

// multiplier reads one of kb, mb, gb, tb and pb, or nothing. It reports false when the
// letter b is missing.
func (s *scan) multiplier() (int64, bool) {
	power := strings.IndexRune("kmgtp", s.peek()|0x20)
	if s.peek() == end || power < 0 {
		return 1, true
	}
	s.next()
	if s.peek()|0x20 != 'b' {
		return 1, false
	}
	s.next()
	return 1 << (10 * (power + 1)), true
}

// value is the number in the type that PowerShell gives it, nil if no type holds it.
func (n numeral) value() any {
	switch {
	case n.hex:
		return n.hexValue()
	case n.suffix == 'd':
		return n.decimal()
	case n.real:
		return n.double()
	}
	whole, _ := new(big.Int).SetString(n.digits, 10)
	return n.integer(whole)
}

// hexValue is the value of a hexadecimal number. Up to eight digits are the bits of an
// Int32, and up to sixteen are the bits of an Int64.
func (n numeral) hexValue() any {
	bits, err := strconv.ParseUint(n.digits, 16, 64)
	if err != nil {
		return nil
	}
	value := int64(bits)
	if len(strings.TrimLeft(n.digits, "0")) > 8 && n.suffix == 0 && !n.negative && n.multiplier == 1 {
		return value
	}
	if bits <= math.MaxUint32 && n.suffix == 0 {
		value = int64(int32(uint32(bits)))
	}
	return n.integer(big.NewInt(value))
}

// integer gives the value in the first of Int32, Int64, Decimal and Double that holds
// it. With the suffix l it gives an Int64.
func (n numeral) integer(value *big.Int) any {
	value.Mul(value, big.NewInt(n.multiplier))
	if n.negative {
		value.Neg(value)
	}
	switch {
	case n.suffix == 'l' && value.IsInt64():
		return value.Int64()
	case n.suffix == 'l':
		return nil
	case value.IsInt64() && value.Int64() == int64(int32(value.Int64())):
		return int32(value.Int64())
	case value.IsInt64():
		return value.Int64()
	case n.hex:
		return nil
	case value.BitLen() <= decimalBits:
		return Decimal(value.String())
	}
	double, _ := new(big.Float).SetInt(value).Float64()
	if math.IsInf(double, 0) {
		return nil
	}
	return double
}

func (n numeral) double() any {
	value, err := strconv.ParseFloat(n.digits, 64)
	if err != nil && !math.IsInf(value, 0) { // too large is infinite
		return nil
	}
	value *= float64(n.multiplier)
	if n.negative {
		value = -value
	}
	if n.suffix != 'l' {
		return value
	}
	if rounded := math.RoundToEven(value); math.Abs(rounded) < 1<<63 {
		return int64(rounded)
	}
	return nil
}

// A System.Decimal is a whole number of 96 bits, divided by a power of ten. The exponent
// of that power is at most 28.
const (
	decimalBits  = 96
	decimalScale = 28
)

func (n numeral) decimal() any {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(n.digits), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	scale := len(fraction)
	if exponent != "" {
		power, err := strconv.Atoi(exponent)
		if err != nil || power < -decimalScale || power > decimalScale {
			return nil
		}
		scale -= power
	}
	unscaled, ok := new(big.Int).SetString("0"+whole+fraction, 10)
	if !ok || scale > decimalScale {
		return nil
	}
	unscaled.Mul(unscaled, big.NewInt(n.multiplier))
	for ; scale < 0; scale++ {
		unscaled.Mul(unscaled, big.NewInt(10))
	}
	if unscaled.BitLen() > decimalBits {
		return nil
	}
	return Decimal(n.sign() + withPoint(unscaled.String(), scale))
}

func (n numeral) sign() string {
	if n.negative {
		return "-"
	}
	return ""
}

// withPoint puts a decimal point before the last scale digits.
func withPoint(digits string, scale int) string {
	if scale == 0 {
		return digits
	}
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	return digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}
