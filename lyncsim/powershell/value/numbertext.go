package value

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// numberForm matches text that PowerShell reads as a number: a sign, digits with commas
// between them or hexadecimal digits after 0x, a fraction, an exponent, a type (l for
// Int64, d for Decimal) and a multiplier (kb to pb).
var numberForm = regexp.MustCompile(`(?i)^([+-]?)(?:0x([0-9a-f]*)|((?:[0-9][0-9,]*)?)(\.[0-9]*)?(e[+-]?[0-9]+)?)([ld]?)([kmgtp]b)?$`)

var multipliers = map[string]int64{"": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40, "pb": 1 << 50}

// ParseNumber reads text as an operand of arithmetic and gives an Int32, Int64, Decimal
// or Double. Digits after 0x are hexadecimal. Blanks around the number are ignored, and
// the empty text is 0.
func ParseNumber(text string) (any, bool) {
	s := strings.TrimSpace(text)
	if s == "" {
		return int32(0), true
	}
	m := numberForm.FindStringSubmatch(s)
	if m == nil {
		return nil, false
	}
	times := multipliers[strings.ToLower(m[7])]
	if strings.ContainsAny(s, "xX") {
		return hexNumber(m[1], m[2], times)
	}
	whole := m[1] + strings.ReplaceAll(m[3], ",", "")
	switch {
	case m[3] == "" && len(m[4]) < 2:
		return nil, false
	case strings.EqualFold(m[6], "d"):
		d, ok := NewDecimal(whole + m[4] + m[5])
		return d, ok
	case m[4] == "" && m[5] == "":
		return wholeNumber(whole, m[6] != "", times)
	}
	f, err := strconv.ParseFloat(whole+m[4]+m[5], 64)
	if err != nil && !math.IsInf(f, 0) {
		return nil, false
	}
	return f * float64(times), true
}

func hexNumber(sign, digits string, times int64) (any, bool) {
	if digits == "" {
		digits = "0"
	}
	u, err := strconv.ParseUint(digits, 16, 64)
	n := int64(u)
	if len(strings.TrimLeft(digits, "0")) <= 8 {
		n = int64(int32(uint32(u)))
	}
	if sign == "-" {
		n = -n
	}
	if len(strings.TrimLeft(digits, "0")) > 8 {
		return n * times, err == nil
	}
	return fromInt(n * times), err == nil
}

func wholeNumber(digits string, long bool, times int64) (any, bool) {
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err != nil:
		d, ok := NewDecimal(strings.TrimPrefix(digits, "+"))
		return d, ok && times == 1 && !long
	case long:
		return n * times, true
	}
	return fromInt(n * times), true
}
