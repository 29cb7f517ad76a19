package dotnet

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// integral describes one whole-number type.
type integral struct {
	name     string
	min, max float64
	make     func(n int64) any
	zero     any
}

var integrals = []integral{
	{"System.SByte", math.MinInt8, math.MaxInt8, func(n int64) any { return int8(n) }, int8(0)},
	{"System.Int16", math.MinInt16, math.MaxInt16, func(n int64) any { return int16(n) }, int16(0)},
	{"System.Int32", math.MinInt32, math.MaxInt32, func(n int64) any { return int32(n) }, int32(0)},
	{"System.Int64", math.MinInt64, math.MaxInt64, func(n int64) any { return n }, int64(0)},
	{"System.Byte", 0, math.MaxUint8, func(n int64) any { return uint8(n) }, uint8(0)},
	{"System.UInt16", 0, math.MaxUint16, func(n int64) any { return uint16(n) }, uint16(0)},
	{"System.UInt32", 0, math.MaxUint32, func(n int64) any { return uint32(n) }, uint32(0)},
	{"System.UInt64", 0, math.MaxUint64, func(n int64) any { return uint64(n) }, uint64(0)},
}

func numberTypes() []*Type {
	var types []*Type
	for _, i := range integrals {
		types = append(types, i.declare())
	}
	return append(types,
		floatType("System.Double", "InvalidCastFromStringToDoubleOrSingle", func(f float64) any { return f }),
		floatType("System.Single", "InvalidCastFromStringToDoubleOrSingle", func(f float64) any { return float32(f) }),
		decimalType(), boolType(), charType(), mathType())
}

func (i integral) declare() *Type {
	t := &Type{Name: i.name, Zero: i.zero}
	t.Convert = func(e *Env, v any) (any, error) { return i.convert(e, v, t) }
	t.Static = members(constant("MaxValue", i.limit(i.max)), constant("MinValue", i.limit(i.min)),
		static("Parse", 1, 3, func(a *Args) (any, error) { return i.parse(a.Env, a.Text(0)) }),
		tryParse(i.name))
	t.Members = numberMembers()
	return t
}

func (i integral) limit(f float64) any {
	switch {
	case f == math.MaxUint64:
		return uint64(math.MaxUint64)
	case f >= math.MaxInt64:
		return i.make(math.MaxInt64)
	}
	return i.make(int64(f))
}

func (i integral) parse(e *Env, s string) (any, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return nil, formatException(e, s)
	}
	if float64(n) < i.min || float64(n) > i.max {
		return nil, value.NewException("System.OverflowException", i.overflow())
	}
	return i.make(n), nil
}

func (i integral) overflow() string {
	names := map[string]string{"System.SByte": "a signed byte", "System.Byte": "an unsigned byte"}
	if name, ok := names[i.name]; ok {
		return "Value was either too large or too small for " + name + "."
	}
	article := "an"
	return fmt.Sprintf("Value was either too large or too small for %s %s.", article, value.ShortName(i.name))
}

func (i integral) convert(e *Env, v any, t *Type) (any, error) {
	if u, ok := v.(uint64); ok && u > math.MaxInt64 {
		return i.convertFloat(float64(u), v, t)
	}
	switch x := v.(type) {
	case float32:
		return i.convertFloat(float64(x), v, t)
	case float64:
		return i.convertFloat(x, v, t)
	case value.Decimal:
		f, _ := x.Float64()
		return i.convertFloat(f, v, t)
	case string:
		n, ok := value.ParseNumber(x)
		if !ok {
			return nil, castReason("InvalidCastFromStringToInteger", v, t, formatMessage(e, x))
		}
		made, err := i.convert(e, n, t)
		if err != nil {
			return nil, castReason("InvalidCastFromStringToInteger", v, t, i.overflow())
		}
		return made, nil
	}
	if items, ok := value.Items(v); ok {
		if len(items) == 1 {
			return i.convert(e, items[0], t)
		}
		return nil, castNever(v, t)
	}
	if !scalarNumber(v) {
		return nil, castNever(v, t)
	}
	n, _ := value.ToInt(v)
	if float64(n) < i.min || float64(n) > i.max {
		return nil, i.overflows(v, t)
	}
	return i.make(n), nil
}

func (i integral) convertFloat(f float64, v any, t *Type) (any, error) {
	r := math.RoundToEven(f)
	if math.IsNaN(r) || r < i.min || r > i.max {
		return nil, i.overflows(v, t)
	}
	if i.name == "System.UInt64" {
		return uint64(r), nil
	}
	if r >= math.MaxInt64 {
		return nil, i.overflows(v, t)
	}
	return i.make(int64(r)), nil
}

func (i integral) overflows(v any, t *Type) error {
	return castReason("InvalidCastIConvertible", v, t, i.overflow())
}

// scalarNumber reports whether v is a single value that .NET's IConvertible turns into a
// number.
func scalarNumber(v any) bool {
	switch v.(type) {
	case bool, value.Switch, value.Char, value.Enum:
		return true
	}
	return value.IsNumber(v)
}

// formatMessage is .NET's message for text that is no number.
func formatMessage(e *Env, s string) string {
	if e != nil && e.Core {
		return fmt.Sprintf("The input string '%s' was not in a correct format.", s)
	}
	return "Input string was not in a correct format."
}

func formatException(e *Env, s string) error {
	return value.NewException("System.FormatException", formatMessage(e, s))
}

func numberMembers() Members {
	return members(
		Member{Name: "ToString", Max: 2, Call: func(self any, a *Args) (any, error) {
			if a.Len() == 0 || a.At(0) == nil {
				return value.MethodText(self, a.core()), nil
			}
			if _, ok := a.At(0).(string); !ok {
				return value.MethodText(self, a.core()), nil
			}
			return FormatValue(self, a.Text(0), a.core())
		}},
		Member{Name: "CompareTo", Min: 1, Max: 1, Call: func(self any, a *Args) (any, error) {
			x, _ := value.ToFloat(self)
			y := a.Float(0)
			switch {
			case x < y:
				return int32(-1), nil
			case x > y:
				return int32(1), nil
			}
			return int32(0), nil
		}})
}
