package dotnet

import (
	"regexp"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func timeTypes() []*Type { return []*Type{dateType(), spanType()} }

func dateType() *Type {
	t := &Type{Name: "System.DateTime", Members: dateMembers().with(dateParts()), Static: dateStatics(), New: newDate,
		Zero:    value.DateTime{Time: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)},
		Refused: []string{"ToOADate", "ToBinary", "IsDaylightSavingTime", "GetDateTimeFormats", "ToLongDateString", "ToLongTimeString", "FromOADate", "FromBinary", "FromFileTime"}}
	t.Convert = func(_ *Env, v any) (any, error) {
		switch v.(type) {
		case value.Char, value.Enum, int8, int16, int32, int64, uint8, uint16, uint32, uint64:
			if n, ok := value.ToInt(v); ok && n >= 0 && n <= mostTicks {
				return fromTicks(n, value.Unspecified), nil
			}
			return nil, castReason("InvalidCastConstructorException", v, t,
				"Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks. (Parameter 'ticks')")
		}
		s, ok := parsable(v)
		if !ok {
			return nil, castNever(v, t)
		}
		if d, ok := ParseDate(s); ok {
			return d, nil
		}
		if dayAndMonth.MatchString(s) || timeOnly.MatchString(s) {
			return nil, Refuse("the date %s, which depends on today", s)
		}
		return nil, castReason("InvalidCastParseTargetInvocationWithFormatProvider", v, t, dateMessage(s))
	}
	return t
}

func dateMessage(s string) string {
	return "The string '" + s + "' was not recognized as a valid DateTime."
}

// mostTicks is the last tick of the year 9999.
const mostTicks = 3155378975999999999

// timeOnly matches a time without a date. It means that time today.
var timeOnly = regexp.MustCompile(`^\s*\d{1,2}:\d{2}(:\d{2})?( [AaPp][Mm])?\s*$`)

// dayAndMonth matches text like 3.5, which the culture reads as a day of this year.
var dayAndMonth = regexp.MustCompile(`^\s*\d{1,2}[.]\d{1,2}\s*$`)

// parsable gives the text that is parsed as a date: v itself if it is text, or the text
// of a floating point or decimal number. The second result is false for other values.
func parsable(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case float32, float64, value.Decimal:
		return text(x), true
	}
	return "", false
}

var dateZero = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)

func fromTicks(ticks int64, kind int) value.DateTime {
	t := dateZero.Add(0)
	const day = 24 * 60 * 60 * 1e7
	t = t.AddDate(0, 0, int(ticks/day)).Add(time.Duration(ticks%day) * 100)
	return value.DateTime{Time: t, Kind: kind}
}

// Ticks is the number of 100 ns ticks since the beginning of the year 1.
func Ticks(d value.DateTime) int64 {
	seconds := d.Time.Unix() - dateZero.Unix()
	return seconds*1e7 + int64(d.Time.Nanosecond()/100)
}

func newDate(a *Args) (any, error) {
	if a.Len() == 1 {
		n, _ := value.ToInt(a.At(0))
		return fromTicks(n, value.Unspecified), nil
	}
	var n [7]int
	for i := range min(a.Len(), 7) {
		if _, isEnum := a.At(i).(value.Enum); !isEnum {
			n[i] = a.Int(i)
		}
	}
	if n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 {
		return nil, value.NewException("System.ArgumentOutOfRangeException", "Year, Month, and Day parameters describe an un-representable DateTime.")
	}
	d := value.DateTime{Time: time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6]*1e6, time.UTC)}
	if e, ok := a.At(a.Len() - 1).(value.Enum); ok {
		d.Kind = int(e.Value)
	}
	return d, nil
}

func dateStatics() Members {
	now := func(name string, kind int, day bool) Member {
		return current(name, func(e *Env) (any, error) {
			d := value.NewDateTime(e.Clock.Now())
			d.Kind = kind
			if day {
				d.Time = d.Time.Truncate(24 * time.Hour)
			}
			return d, nil
		})
	}
	return members(now("Now", value.Local, false), now("UtcNow", value.UTC, false), now("Today", value.Local, true),
		constant("MinValue", value.DateTime{Time: dateZero}),
		constant("MaxValue", value.DateTime{Time: time.Date(9999, 12, 31, 23, 59, 59, 999999900, time.UTC)}),
		static("Parse", 1, 3, func(a *Args) (any, error) {
			d, ok := ParseDate(a.Text(0))
			if !ok {
				return nil, value.NewException("System.FormatException", dateMessage(a.Text(0)))
			}
			return a.styled(d, d.Kind == value.Local, 2)
		}),
		static("ParseExact", 3, 4, func(a *Args) (any, error) {
			for _, format := range value.Unroll(a.At(1)) {
				if d, zoned, ok := parseExact(a.Text(0), text(format)); ok {
					return a.styled(d, zoned, 3)
				}
			}
			return nil, value.NewException("System.FormatException", dateMessage(a.Text(0)))
		}),
		tryParse("System.DateTime"),
		static("SpecifyKind", 2, 2, func(a *Args) (any, error) {
			d, ok := a.At(0).(value.DateTime)
			kind, err := Convert(a.Env, a.At(1), enumType(value.DateTimeKind))
			if err != nil || !ok {
				return nil, err
			}
			d.Kind = int(kind.(value.Enum).Value)
			return d, nil
		}),
		static("Compare", 2, 2, func(a *Args) (any, error) {
			x, _ := a.At(0).(value.DateTime)
			y, _ := a.At(1).(value.DateTime)
			return x.Time.Compare(y.Time), nil
		}),
		static("DaysInMonth", 2, 2, func(a *Args) (any, error) {
			return time.Date(a.Int(0), time.Month(a.Int(1)+1), 0, 0, 0, 0, 0, time.UTC).Day(), nil
		}),
		static("IsLeapYear", 1, 1, func(a *Args) (any, error) {
			return time.Date(a.Int(0), 12, 31, 0, 0, 0, 0, time.UTC).YearDay() == 366, nil
		}))
}

// styled applies DateTimeStyles to a parsed date.
func (a *Args) styled(d value.DateTime, zoned bool, i int) (any, error) {
	if i >= a.Len() {
		return d, nil
	}
	t, _ := Lookup("System.Globalization.DateTimeStyles")
	v, err := Convert(a.Env, a.At(i), t)
	if err != nil {
		return nil, err
	}
	styles := v.(value.Enum).Value
	const adjustToUniversal, assumeLocal, assumeUniversal, roundtrip = 16, 32, 64, 128
	switch {
	case styles&adjustToUniversal != 0 && (zoned || styles&(assumeUniversal|assumeLocal) != 0):
		d.Kind = value.UTC
	case styles&(assumeUniversal|assumeLocal) != 0:
		d.Kind = value.Local
	case styles&roundtrip != 0 && zoned && strings.HasSuffix(a.Text(0), "Z"):
		d.Kind = value.UTC
	}
	return d, nil
}
