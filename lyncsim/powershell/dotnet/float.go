package dotnet

import (
	"math"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func floatType(name, id string, make func(float64) any) *Type {
	t := &Type{Name: name, Zero: make(0), Members: numberMembers()}
	t.Convert = func(e *Env, v any) (any, error) {
		if items, ok := value.Items(v); ok && len(items) == 1 {
			v = items[0]
		}
		s, isText := v.(string)
		if !isText && !scalarNumber(v) {
			return nil, castNever(v, t)
		}
		f, ok := value.ToFloat(v)
		if word, isWord := notFinite[strings.TrimSpace(s)]; isWord {
			return make(word), nil
		}
		if !ok {
			return nil, castReason(id, v, t, formatMessage(e, s))
		}
		return make(f), nil
	}
	t.Static = members(tryParse(name), constant("MaxValue", make(math.MaxFloat64)), constant("MinValue", make(-math.MaxFloat64)),
		constant("NaN", make(math.NaN())), constant("PositiveInfinity", make(math.Inf(1))), constant("NegativeInfinity", make(math.Inf(-1))),
		static("IsNaN", 1, 1, func(a *Args) (any, error) { return math.IsNaN(a.Float(0)), nil }),
		static("IsInfinity", 1, 1, func(a *Args) (any, error) { return math.IsInf(a.Float(0), 0), nil }),
		static("Parse", 1, 3, func(a *Args) (any, error) {
			f, err := strconv.ParseFloat(strings.TrimSpace(a.Text(0)), 64)
			if err != nil {
				return nil, formatException(a.Env, a.Text(0))
			}
			return make(f), nil
		}))
	return t
}

// notFinite are the words that a cast to a floating point number reads.
var notFinite = map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}

func decimalType() *Type {
	t := &Type{Name: "System.Decimal", Members: numberMembers(), Refused: []string{"*"}}
	zero, _ := value.NewDecimal("0")
	largest, _ := value.NewDecimal("79228162514264337593543950335")
	t.Zero = zero
	t.Static = members(constant("MaxValue", largest), constant("MinValue", largest.Negated()), constant("Zero", zero))
	t.Convert = func(e *Env, v any) (any, error) {
		if items, ok := value.Items(v); ok && len(items) == 1 {
			v = items[0]
		}
		if s, ok := v.(string); ok {
			n, ok := value.ParseNumber(s)
			if ok {
				n, ok = decimalOf(n)
			}
			if !ok {
				return nil, castReason("InvalidCastFromStringToDecimal", v, t, formatMessage(e, s))
			}
			return n, nil
		}
		if !scalarNumber(v) {
			return nil, castNever(v, t)
		}
		d, ok := decimalOf(v)
		if !ok {
			return nil, castReason("InvalidCastIConvertible", v, t, "Value was either too large or too small for a Decimal.")
		}
		return d, nil
	}
	return t
}

// decimalOf is a number as a Decimal. Of a floating point number it takes the digits
// that a cast to text gives. The second result is false when the number is too big.
func decimalOf(v any) (any, bool) {
	switch x := v.(type) {
	case value.Decimal:
		return x, true
	case float64:
		return value.NewDecimal(strconv.FormatFloat(x, 'g', 15, 64))
	case float32:
		return value.NewDecimal(strconv.FormatFloat(float64(x), 'g', 7, 64))
	case uint64:
		return value.NewDecimal(strconv.FormatUint(x, 10))
	}
	n, ok := value.ToInt(v)
	if !ok {
		return nil, false
	}
	return value.NewDecimal(strconv.FormatInt(n, 10))
}
