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
		if !ok {
			return nil, castReason(id, v, t, formatMessage(e, s))
		}
		return make(f), nil
	}
	t.Static = members(tryParse(name), constant("MaxValue", make(math.MaxFloat64)), constant("MinValue", make(-math.MaxFloat64)),
		constant("NaN", make(math.NaN())), constant("PositiveInfinity", make(math.Inf(1))),
		static("Parse", 1, 3, func(a *Args) (any, error) {
			f, err := strconv.ParseFloat(strings.TrimSpace(a.Text(0)), 64)
			if err != nil {
				return nil, formatException(a.Env, a.Text(0))
			}
			return make(f), nil
		}))
	return t
}

func decimalType() *Type {
	t := &Type{Name: "System.Decimal", Members: numberMembers()}
	zero, _ := value.NewDecimal("0")
	t.Zero = zero
	t.Convert = func(e *Env, v any) (any, error) {
		if s, ok := v.(string); ok {
			if d, ok := value.NewDecimal(strings.TrimSpace(s)); ok {
				return d, nil
			}
			return nil, castReason("InvalidCastFromStringToDecimal", v, t, formatMessage(e, s))
		}
		if !scalarNumber(v) {
			return nil, castNever(v, t)
		}
		f, _ := value.ToFloat(v)
		d, ok := value.NewDecimal(strconv.FormatFloat(f, 'f', -1, 64))
		if !ok {
			return nil, castNever(v, t)
		}
		return d, nil
	}
	return t
}
