package value

import (
	"math"
	"strconv"
	"strings"
)

// RoundedFloatText is a number as a cast to text gives it in the invariant culture:
// rounded to the given number of significant digits.
func RoundedFloatText(f float64, digits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', digits-1, 64), "e")
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimSuffix(strings.TrimRight(mantissa, "0"), ".")
	}
	return placed(mantissa, exponent, digits)
}

// FloatText is a number with as many digits as are needed to read the same number back.
func FloatText(f float64, bits int) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return strings.Replace(RoundedFloatText(f, 15), "Infinity", "∞", 1)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, bits), "e")
	if bits == 32 {
		return placed(mantissa, exponent, 9)
	}
	return placed(mantissa, exponent, 17)
}

func floatMethodText(f float64, core bool, bits int) string {
	switch {
	case core || math.IsNaN(f) || math.IsInf(f, 0):
		return FloatText(f, bits)
	case f == 0:
		return "0"
	case bits == 32:
		return RoundedFloatText(f, 7)
	}
	return RoundedFloatText(f, 15)
}

// placed puts the point at its place among the digits of a mantissa. When the number is
// below 1E-04, or would have more than the given digits before the point, placed writes
// an exponent of at least two digits instead.
func placed(mantissa, exponent string, digits int) string {
	n, _ := strconv.Atoi(exponent)
	if n >= digits || n < -4 {
		if len(exponent) == 2 {
			exponent = exponent[:1] + "0" + exponent[1:]
		}
		return mantissa + "E" + exponent
	}
	sign := ""
	if strings.HasPrefix(mantissa, "-") {
		sign, mantissa = "-", mantissa[1:]
	}
	all := strings.Replace(mantissa, ".", "", 1)
	switch {
	case n < 0:
		return sign + "0." + strings.Repeat("0", -n-1) + all
	case len(all) <= n+1:
		return sign + all + strings.Repeat("0", n+1-len(all))
	}
	return sign + all[:n+1] + "." + all[n+1:]
}
