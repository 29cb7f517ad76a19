package dotnet

import (
	"math"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// culture makes an object that is known by its name, e.g. CultureInfo.InvariantCulture.
func culture(typeName, name string) *value.Object {
	o := value.NewObject(typeName).Set("Name", name)
	o.Adapted = true
	o.Text = func() string { return name }
	return o
}

func cultureTypes() []*Type {
	const info = "System.Globalization.CultureInfo"
	comparer := func(name string) Member {
		return constant(name, culture("System.StringComparer", name))
	}
	american := culture(info, "en-US")
	named := func(a *Args) (any, error) {
		if a.Text(0) != "en-US" && a.Text(0) != "" {
			return nil, Refuse("the culture %s", a.Text(0))
		}
		return culture(info, a.Text(0)), nil
	}
	return []*Type{
		{Name: info, New: named, Static: members(constant("InvariantCulture", culture(info, "")), constant("CurrentCulture", american),
			constant("CurrentUICulture", american), static("GetCultureInfo", 1, 1, named))},
		{Name: "System.Globalization.NumberFormatInfo", Static: members(constant("InvariantInfo", culture(info, "")))},
		{Name: "System.StringComparer", Static: members(comparer("Ordinal"), comparer("OrdinalIgnoreCase"),
			comparer("InvariantCulture"), comparer("InvariantCultureIgnoreCase"), comparer("CurrentCultureIgnoreCase"))},
	}
}

// sameNumbers gives the first two arguments in one type. It is the type of the first of
// them that is a number, or Double when neither is.
func (a *Args) sameNumbers() (x, y any, err error) {
	t, ok := Lookup("double")
	for _, v := range []any{a.At(1), a.At(0)} {
		if value.IsNumber(v) {
			t, ok = TypeOf(v), true
		}
	}
	if !ok {
		return nil, nil, Refuse("these arguments")
	}
	if x, err = Convert(a.Env, a.At(0), t); err != nil {
		return nil, nil, err
	}
	y, err = Convert(a.Env, a.At(1), t)
	return x, y, err
}

func mathType() *Type {
	one := func(name string, of func(float64) float64) Member {
		return static(name, 1, 1, func(a *Args) (any, error) { return of(a.Float(0)), nil })
	}
	pick := func(name string, better func(x, y float64) bool) Member {
		return static(name, 2, 2, func(a *Args) (any, error) {
			x, y, err := a.sameNumbers()
			if err != nil {
				return nil, err
			}
			l, _ := value.ToFloat(x)
			r, _ := value.ToFloat(y)
			if better(r, l) {
				x = y
			}
			return x, nil
		})
	}
	return &Type{Name: "System.Math", Static: members(
		one("Floor", math.Floor), one("Ceiling", math.Ceil), one("Sqrt", math.Sqrt), one("Truncate", math.Trunc), one("Log", math.Log),
		one("Log10", math.Log10), one("Exp", math.Exp), one("Sin", math.Sin), one("Cos", math.Cos),
		pick("Max", func(x, y float64) bool { return x > y }), pick("Min", func(x, y float64) bool { return x < y }),
		static("Abs", 1, 1, func(a *Args) (any, error) {
			if n, ok := a.At(0).(int32); ok {
				return max(n, -n), nil
			}
			return math.Abs(a.Float(0)), nil
		}),
		static("Pow", 2, 2, func(a *Args) (any, error) { return math.Pow(a.Float(0), a.Float(1)), nil }),
		static("Sign", 1, 1, func(a *Args) (any, error) {
			switch f := a.Float(0); {
			case f > 0:
				return int32(1), nil
			case f < 0:
				return int32(-1), nil
			}
			return int32(0), nil
		}),
		static("Round", 1, 3, func(a *Args) (any, error) {
			scale, away := 1.0, false
			for _, x := range a.From(1) {
				if value.IsNumber(x) {
					n, _ := value.ToInt(x)
					scale = math.Pow(10, float64(n))
					continue
				}
				away = value.Text(x) == "AwayFromZero"
			}
			if away {
				return math.Round(a.Float(0)*scale) / scale, nil
			}
			return math.RoundToEven(a.Float(0)*scale) / scale, nil
		}),
		constant("PI", math.Pi), constant("E", math.E)),
		Refused: []string{"*"}}
}
