package utility

import (
	"context"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func between(least, most int32) unsaid {
	return unsaid{check: func(powershell.Edition) powershell.Validator { return powershell.ValidateRange{Min: least, Max: most} }}
}

func getDate() cmdlet {
	return cmdlet{name: "Get-Date", heeds: "Date Year Month Day Hour Minute Second Millisecond Format UFormat UnixTimeSeconds AsUTC",
		unsaid: map[string]unsaid{"Year": between(1, 9999), "Month": between(1, 12), "Day": between(1, 31), "Hour": between(0, 23),
			"Minute": between(0, 59), "Second": between(0, 59), "Millisecond": between(0, 999)},
		process: func(_ context.Context, c *powershell.Call) error {
			d := dateOf(c)
			switch {
			case c.Has("UFormat"):
				text, err := unixFormat(c, d)
				if err != nil {
					return err
				}
				return c.EmitWhole(text)
			case c.Has("Format"):
				return formatted(c, d, c.Text("Format"))
			}
			return c.EmitWhole(d)
		}}
}

// fileDates are the formats that Get-Date knows by a name.
var fileDates = map[string]string{
	"filedate": "yyyyMMdd", "filedatetime": "yyyyMMddTHHmmssffff", "filedateuniversal": "yyyyMMddZ", "filedatetimeuniversal": "yyyyMMddTHHmmssffffZ",
}

func formatted(c *powershell.Call, d value.DateTime, format string) error {
	if known, ok := fileDates[strings.ToLower(format)]; ok {
		format = known
	}
	if err := dotnet.CheckDateFormat(format); err != nil {
		return powershell.NewErrorRecord("System.FormatException", "System.FormatException", "NotSpecified", nil, err.Error())
	}
	return c.EmitWhole(dotnet.FormatDate(d, format))
}

// dateOf is the date that the parameters describe. It starts from now or from -Date;
// parameters such as -Year replace single parts.
func dateOf(c *powershell.Call) value.DateTime {
	d := value.NewDateTime(c.Runspace().Env().Clock.Now())
	d.Kind = value.Local
	if given, ok := c.Value("Date").(value.DateTime); ok {
		d = given
	}
	if c.Has("UnixTimeSeconds") {
		d = value.NewDateTime(time.Unix(int64(c.Int("UnixTimeSeconds")), 0))
		d.Kind = value.Local
	}
	part := func(name string, have int) int {
		if c.Has(name) {
			return c.Int(name)
		}
		return have
	}
	t := d.Time
	year, month := part("Year", t.Year()), time.Month(part("Month", int(t.Month())))
	// The month may lack the day. A day taken from the date becomes the last day of the
	// month; a day from -Day goes on into the next month. The real command has this
	// effect by calling AddMonths, then AddDays.
	day := min(t.Day(), time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day())
	nanosecond := t.Nanosecond()
	if c.Has("Millisecond") {
		nanosecond = c.Int("Millisecond") * int(time.Millisecond)
	}
	d.Time = time.Date(year, month, part("Day", day), part("Hour", t.Hour()), part("Minute", t.Minute()), part("Second", t.Second()), nanosecond, t.Location())
	if c.On("AsUTC") {
		d.Kind = value.UTC
	}
	return d
}

// unixFormats are the letters of -UFormat, each with the .NET format that it stands for.
var unixFormats = map[byte]string{
	'A': "dddd", 'a': "ddd", 'B': "MMMM", 'b': "MMM", 'h': "MMM", 'D': "MM/dd/yy", 'd': "dd", 'H': "HH",
	'I': "hh", 'M': "mm", 'm': "MM", 'p': "tt", 'R': "HH:mm", 'r': "hh:mm:ss tt", 'S': "ss", 'T': "HH:mm:ss", 'X': "HH:mm:ss",
	'x': "MM/dd/yy", 'Y': "yyyy", 'y': "yy",
}

// unixFormat writes a date by -UFormat. Letters whose meaning the page calls
// inconsistent are refused.
func unixFormat(c *powershell.Call, d value.DateTime) (string, error) {
	format := strings.TrimPrefix(c.Text("UFormat"), "+")
	core := c.Runspace().Edition() == powershell.Core7
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		known, ok := unixFormats[format[i]]
		switch letter := format[i]; {
		case ok:
			b.WriteString(dotnet.FormatDate(d, known))
		case letter == '%':
			b.WriteByte('%')
		case letter == 'n':
			b.WriteByte('\n')
		case letter == 't':
			b.WriteByte('\t')
		case letter == 'j':
			day := value.Text(int32(d.Time.YearDay()))
			if core {
				day = strings.Repeat("0", 3-len(day)) + day
			}
			b.WriteString(day)
		case letter == 'F' && core:
			b.WriteString(dotnet.FormatDate(d, "yyyy-MM-dd"))
		case letter == 'u' && !core || letter == 'w':
			b.WriteString(value.Text(int32(d.Time.Weekday())))
		default:
			return "", dotnet.Refuse("Get-Date -UFormat %%%c", letter)
		}
	}
	return b.String(), nil
}
