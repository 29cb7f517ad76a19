package dotnet

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func formatNumber(v any, format string, core bool) (string, error) {
	letter := format[0]
	if !(letter >= 'A' && letter <= 'Z' || letter >= 'a' && letter <= 'z') || len(format) > 3 || strings.Trim(format[1:], "0123456789") != "" {
		return customNumber(v, format)
	}
	digits, err := strconv.Atoi(format[1:])
	if format[1:] != "" && err != nil {
		return "", badFormat()
	}
	if format[1:] == "" {
		digits = -1
	}
	f, _ := value.ToFloat(v)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return value.FloatText(f, 64), nil
	}
	switch letter {
	case 'D', 'd':
		if !value.IsInteger(v) {
			return "", value.NewException("System.FormatException", "Format specifier was invalid.")
		}
		return padInteger(value.Text(v), digits), nil
	case 'X', 'x':
		return hexadecimal(v, letter, digits)
	case 'N', 'n':
		return commas(fixedText(v, 1, orDefault(digits, 2), core)), nil
	case 'F', 'f':
		return fixedText(v, 1, orDefault(digits, 2), core), nil
	case 'P', 'p':
		return commas(fixedText(v, 100, orDefault(digits, 2), core)) + "%", nil
	case 'C', 'c':
		s := commas(fixedText(v, 1, orDefault(digits, 2), core))
		if strings.HasPrefix(s, "-") {
			return "-$" + s[1:], nil
		}
		return "$" + s, nil
	case 'E', 'e':
		return exponential(f, letter, orDefault(digits, 6)), nil
	case 'G', 'g', 'R', 'r':
		if digits <= 0 {
			return value.MethodText(v, core || letter == 'R' || letter == 'r'), nil
		}
	}
	return "", Refuse("the number format %s", format)
}

func orDefault(digits, otherwise int) int {
	if digits < 0 {
		return otherwise
	}
	return digits
}

func padInteger(s string, digits int) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	return sign + strings.Repeat("0", max(0, digits-len(s))) + s
}

func hexadecimal(v any, letter byte, digits int) (string, error) {
	if !value.IsInteger(v) {
		return "", value.NewException("System.FormatException", "Format specifier was invalid.")
	}
	n, _ := value.ToInt(v)
	u := uint64(n)
	switch v.(type) {
	case int32:
		u = uint64(uint32(n))
	case int16:
		u = uint64(uint16(n))
	case int8:
		u = uint64(uint8(n))
	}
	s := strconv.FormatUint(u, 16)
	if letter == 'X' {
		s = strings.ToUpper(s)
	}
	return padInteger(s, digits), nil
}

// exponential writes a number with an exponent of at least three digits.
func exponential(f float64, letter byte, digits int) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', digits, 64), "e")
	return mantissa + string(letter) + exponent[:1] + padInteger(exponent[1:], 3)
}

// fixed writes a number with the given digits behind the point. It rounds halves away
// from zero, as .NET Framework does.
func fixed(f float64, digits int) string {
	scale := math.Pow(10, float64(digits))
	if rounded := math.Round(f*scale) / scale; math.Abs(f) < 1e15 {
		f = rounded
	}
	s := strconv.FormatFloat(f, 'f', digits, 64)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}

// fixedText is the number v * times with the given digits behind the point. Whole numbers
// and decimals are computed exactly. A floating point number is rounded in PowerShell 7
// (core) to the nearest text, and in 5.1 with halves away from zero.
func fixedText(v any, times int64, digits int, core bool) string {
	r := new(big.Rat)
	switch x := v.(type) {
	case float32, float64:
		f, _ := value.ToFloat(x)
		if core {
			return strconv.FormatFloat(f*float64(times), 'f', digits, 64)
		}
		return fixed(f*float64(times), digits)
	case value.Decimal:
		r.Set(x.Rat)
	case uint64:
		r.SetUint64(x)
	default:
		n, _ := value.ToInt(v)
		r.SetInt64(n)
	}
	return r.Mul(r, new(big.Rat).SetInt64(times)).FloatString(digits)
}

func grouped(f float64, digits int) string { return commas(fixed(f, digits)) }

func commas(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return sign + whole
}

// customNumber writes a number in a custom format. It knows formats of 0, #, at most one
// point, commas for groups of digits, and a percent sign at the end.
func customNumber(v any, format string) (string, error) {
	if strings.Trim(format, "0#.,%") != "" || strings.Count(format, ".") > 1 {
		return "", Refuse("the number format %s", format)
	}
	f, _ := value.ToFloat(v)
	if strings.HasSuffix(format, "%") {
		f *= 100
	}
	body := strings.TrimSuffix(format, "%")
	whole, fraction, _ := strings.Cut(body, ".")
	s := fixed(f, len(fraction))
	if strings.Contains(whole, ",") {
		s = grouped(f, len(fraction))
		whole = strings.ReplaceAll(whole, ",", "")
	}
	if optional := len(fraction) - len(strings.TrimRight(fraction, "#")); optional > 0 {
		for range optional {
			s = strings.TrimSuffix(s, "0")
		}
		s = strings.TrimSuffix(s, ".")
	}
	left, right, point := strings.Cut(s, ".")
	left = padInteger(left, strings.Count(whole, "0"))
	if !strings.Contains(whole, "0") && left == "0" {
		left = ""
	}
	if point {
		left += "." + right
	}
	return left + strings.Repeat("%", len(format)-len(body)), nil
}
