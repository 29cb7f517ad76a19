package dotnet

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

const day = 24 * time.Hour

func spanType() *Type {
	t := &Type{Name: "System.TimeSpan", Zero: time.Duration(0), Members: spanMembers(), Static: spanStatics(), New: newSpan}
	t.Convert = func(_ *Env, v any) (any, error) {
		switch v.(type) {
		case value.Char, value.Enum, int8, int16, int32, int64, uint8, uint16, uint32, uint64:
			n, _ := value.ToInt(v)
			if n > math.MaxInt64/100 || n < math.MinInt64/100 {
				return nil, Refuse("a time span of more than 292 years")
			}
			return time.Duration(n) * 100, nil
		}
		s, ok := parsable(v)
		if !ok {
			return nil, castNever(v, t)
		}
		if d, ok := ParseSpan(s); ok {
			return d, nil
		}
		return nil, castReason("InvalidCastParseTargetInvocationWithFormatProvider", v, t, spanMessage(s))
	}
	return t
}

func spanMessage(s string) string {
	return "String '" + s + "' was not recognized as a valid TimeSpan."
}

// ParseSpan reads [-][d.]hh:mm[:ss[.fffffff]] or a number of days.
func ParseSpan(text string) (time.Duration, bool) {
	s := strings.TrimSpace(text)
	negative := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	if n, err := strconv.Atoi(s); err == nil {
		return signed(time.Duration(n)*day, negative), true
	}
	total := time.Duration(0)
	clock := strings.Split(s, ":")
	if len(clock) < 2 || len(clock) > 4 {
		return 0, false
	}
	if days, hours, ok := strings.Cut(clock[0], "."); ok || len(clock) == 4 {
		if len(clock) == 4 {
			days, clock = clock[0], clock[1:]
		} else {
			clock[0] = hours
		}
		n, err := strconv.Atoi(days)
		if err != nil {
			return 0, false
		}
		total = time.Duration(n) * day
	}
	units := []time.Duration{time.Hour, time.Minute, time.Second}
	limits := []float64{24, 60, 60}
	for i, part := range clock {
		n, err := strconv.ParseFloat(part, 64)
		if err != nil || n < 0 || n >= limits[i] || i < 2 && strings.Contains(part, ".") {
			return 0, false
		}
		total += time.Duration(n * float64(units[i])).Round(100)
	}
	return signed(total, negative), true
}

func signed(d time.Duration, negative bool) time.Duration {
	if negative {
		return -d
	}
	return d
}

// newSpan is new(ticks), new(h, m, s), new(d, h, m, s) and new(d, h, m, s, ms).
func newSpan(a *Args) (any, error) {
	units := []time.Duration{day, time.Hour, time.Minute, time.Second, time.Millisecond}
	switch a.Len() {
	case 0:
		return time.Duration(0), nil
	case 1:
		return time.Duration(a.Float(0)) * 100, nil
	case 3:
		units = units[1:]
	}
	total := time.Duration(0)
	for i := range min(a.Len(), len(units)) {
		total += time.Duration(a.Int(i)) * units[i]
	}
	return total, nil
}

func spanMembers() Members {
	total := func(name string, unit time.Duration) Member {
		return prop(name, func(d time.Duration) any { return float64(d) / float64(unit) })
	}
	part := func(name string, unit, of time.Duration) Member {
		return prop(name, func(d time.Duration) any {
			n := d / unit
			if of > 0 {
				n = d % of / unit
			}
			return int(n)
		})
	}
	return members(
		total("TotalDays", day), total("TotalHours", time.Hour), total("TotalMinutes", time.Minute), total("TotalSeconds", time.Second),
		total("TotalMilliseconds", time.Millisecond), part("Days", day, 0), part("Hours", time.Hour, day),
		part("Minutes", time.Minute, time.Hour), part("Seconds", time.Second, time.Minute), part("Milliseconds", time.Millisecond, time.Second),
		prop("Ticks", func(d time.Duration) any { return int64(d / 100) }),
		method("Add", 1, 1, func(d time.Duration, a *Args) (any, error) {
			other, err := a.convert(0, "System.TimeSpan")
			if err != nil {
				return nil, err
			}
			return d + other.(time.Duration), nil
		}),
		method("Subtract", 1, 1, func(d time.Duration, a *Args) (any, error) {
			other, err := a.convert(0, "System.TimeSpan")
			if err != nil {
				return nil, err
			}
			return d - other.(time.Duration), nil
		}),
		method("Negate", 0, 0, func(d time.Duration, _ *Args) (any, error) { return -d, nil }),
		method("Duration", 0, 0, func(d time.Duration, _ *Args) (any, error) { return d.Abs(), nil }),
		method("ToString", 0, 2, func(d time.Duration, a *Args) (any, error) {
			if s, ok := a.At(0).(string); ok && s != "c" && s != "" {
				return FormatSpan(d, s)
			}
			return value.DurationText(d), nil
		}))
}

// FormatSpan writes a time span in a custom format.
func FormatSpan(d time.Duration, format string) (string, error) {
	if strings.HasPrefix(format, "%") {
		return "", Refuse("the time span format %s", format)
	}
	var b strings.Builder
	if len(format) == 1 {
		return "", Refuse("the time span format %s", format)
	}
	parts := map[byte]int{'d': int(d / day), 'h': int(d % day / time.Hour), 'm': int(d % time.Hour / time.Minute), 's': int(d % time.Minute / time.Second)}
	for len(format) > 0 {
		n := tokenLength(format)
		token := format[:n]
		format = format[n:]
		x, ok := parts[token[0]]
		switch {
		case ok:
			s := strconv.Itoa(x)
			b.WriteString(strings.Repeat("0", max(0, n-len(s))) + s)
		case token[0] == '\\':
			b.WriteString(token[1:])
		case token[0] == '\'' || token[0] == '"':
			b.WriteString(strings.Trim(token, token[:1]))
		case token[0] == 'f':
			b.WriteString(strconv.Itoa(int(1e7 + d%time.Second/100))[1 : n+1])
		default:
			return "", value.NewException("System.FormatException", "Input string was not in a correct format.")
		}
	}
	return b.String(), nil
}

func spanStatics() Members {
	from := func(name string, unit time.Duration) Member {
		return static(name, 1, 1, func(a *Args) (any, error) { return time.Duration(a.Float(0) * float64(unit)).Round(100), nil })
	}
	return members(constant("Zero", time.Duration(0)), tryParse("System.TimeSpan"), from("FromDays", day), from("FromHours", time.Hour),
		from("FromMinutes", time.Minute), from("FromSeconds", time.Second), from("FromMilliseconds", time.Millisecond), from("FromTicks", 100),
		static("Parse", 1, 2, func(a *Args) (any, error) {
			d, ok := ParseSpan(a.Text(0))
			if !ok {
				return nil, value.NewException("System.FormatException", spanMessage(a.Text(0)))
			}
			return d, nil
		}))
}
