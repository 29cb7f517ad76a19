package dotnet

import (
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func dateMembers() Members {
	add := func(name string, unit time.Duration) Member {
		return method(name, 1, 1, func(d value.DateTime, a *Args) (any, error) {
			d.Time = d.Time.Add(time.Duration(a.Float(0) * float64(unit)).Truncate(100))
			return d, nil
		})
	}
	return members(
		add("AddDays", 24*time.Hour), add("AddHours", time.Hour), add("AddMinutes", time.Minute), add("AddSeconds", time.Second),
		add("AddMilliseconds", time.Millisecond), add("AddTicks", 100),
		method("AddMonths", 1, 1, func(d value.DateTime, a *Args) (any, error) {
			d.Time = addMonths(d.Time, a.Int(0))
			return d, nil
		}),
		method("AddYears", 1, 1, func(d value.DateTime, a *Args) (any, error) {
			d.Time = addMonths(d.Time, 12*a.Int(0))
			return d, nil
		}),
		method("Add", 1, 1, func(d value.DateTime, a *Args) (any, error) {
			span, err := a.convert(0, "System.TimeSpan")
			if err != nil {
				return nil, err
			}
			d.Time = d.Time.Add(span.(time.Duration))
			return d, nil
		}),
		method("Subtract", 1, 1, func(d value.DateTime, a *Args) (any, error) {
			if span, ok := a.At(0).(time.Duration); ok {
				d.Time = d.Time.Add(-span)
				return d, nil
			}
			other, err := a.convert(0, "System.DateTime")
			if err != nil {
				return nil, err
			}
			return d.Time.Sub(other.(value.DateTime).Time), nil
		}),
	).with(dateTexts())
}

// dateTexts are the members that compare dates, change their kind and write them as text.
func dateTexts() Members {
	kind := func(name string, k int) Member {
		return method(name, 0, 0, func(d value.DateTime, _ *Args) (any, error) {
			d.Kind = k
			return d, nil
		})
	}
	return members(
		kind("ToUniversalTime", value.UTC), kind("ToLocalTime", value.Local),
		method("CompareTo", 1, 1, func(d value.DateTime, a *Args) (any, error) {
			other, err := a.convert(0, "System.DateTime")
			if err != nil {
				return nil, err
			}
			return d.Time.Compare(other.(value.DateTime).Time), nil
		}),
		method("ToString", 0, 2, func(d value.DateTime, a *Args) (any, error) {
			if s, ok := a.At(0).(string); ok {
				if err := CheckDateFormat(s); err != nil {
					return nil, err
				}
				if a.Len() > 1 && len(s) == 1 && value.Text(a.At(1)) == "" { // the invariant culture
					return invariantDate(d, s)
				}
				return FormatDate(d, s), nil
			}
			if a.Len() > 0 {
				return FormatDate(d, "MM/dd/yyyy HH:mm:ss"), nil
			}
			return FormatDate(d, "G"), nil
		}),
		method("ToShortDateString", 0, 0, func(d value.DateTime, _ *Args) (any, error) { return FormatDate(d, "d"), nil }),
		method("ToShortTimeString", 0, 0, func(d value.DateTime, _ *Args) (any, error) { return FormatDate(d, "t"), nil }),
		method("ToFileTimeUtc", 0, 0, func(d value.DateTime, _ *Args) (any, error) { return Ticks(d) - 504911232000000000, nil }))
}

func dateParts() Members {
	part := func(name string, of func(t time.Time) any) Member {
		return prop(name, func(d value.DateTime) any { return of(d.Time) })
	}
	return members(
		part("Year", func(t time.Time) any { return t.Year() }), part("Month", func(t time.Time) any { return int(t.Month()) }),
		part("Day", func(t time.Time) any { return t.Day() }), part("Hour", func(t time.Time) any { return t.Hour() }),
		part("Minute", func(t time.Time) any { return t.Minute() }), part("Second", func(t time.Time) any { return t.Second() }),
		part("Millisecond", func(t time.Time) any { return t.Nanosecond() / 1e6 }), part("DayOfYear", func(t time.Time) any { return t.YearDay() }),
		part("DayOfWeek", func(t time.Time) any {
			week, _ := Lookup("System.DayOfWeek")
			return value.Enum{Type: week.Enum, Value: int64(t.Weekday())}
		}),
		part("TimeOfDay", func(t time.Time) any { return t.Sub(t.Truncate(24 * time.Hour)) }),
		prop("Ticks", func(d value.DateTime) any { return Ticks(d) }),
		prop("Kind", func(d value.DateTime) any { return value.Enum{Type: value.DateTimeKind, Value: int64(d.Kind)} }),
		prop("Date", func(d value.DateTime) any {
			d.Time = d.Time.Truncate(24 * time.Hour)
			return d
		}),
		prop("DateTime", func(d value.DateTime) any { return FormatDate(d, "F") }))
}

// addMonths moves a date by months. If the new month has no such day, its last day is
// taken.
func addMonths(t time.Time, months int) time.Time {
	first := t.AddDate(0, 0, 1-t.Day()).AddDate(0, months, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// invariantDate is a date in a standard format of the invariant culture.
func invariantDate(d value.DateTime, letter string) (any, error) {
	switch letter {
	case "d":
		return FormatDate(d, "MM/dd/yyyy"), nil
	case "G":
		return FormatDate(d, "MM/dd/yyyy HH:mm:ss"), nil
	case "o", "O", "r", "R", "s", "u":
		return FormatDate(d, letter), nil
	}
	return nil, Refuse("the date format %s of the invariant culture", letter)
}
