package dotnet

import (
	"fmt"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// standardDates are the one-letter formats of dates, each with the custom format that it
// stands for in the culture en-US.
var standardDates = map[byte]string{
	'd': "M/d/yyyy", 'D': "dddd, MMMM d, yyyy", 'f': "dddd, MMMM d, yyyy h:mm tt", 'F': "dddd, MMMM d, yyyy h:mm:ss tt",
	'g': "M/d/yyyy h:mm tt", 'G': "M/d/yyyy h:mm:ss tt", 'm': "MMMM d", 'M': "MMMM d",
	'o': "yyyy-MM-ddTHH:mm:ss.fffffffK", 'O': "yyyy-MM-ddTHH:mm:ss.fffffffK", 'r': "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
	'R': "ddd, dd MMM yyyy HH:mm:ss 'GMT'", 's': "yyyy-MM-ddTHH:mm:ss", 't': "h:mm tt", 'T': "h:mm:ss tt",
	'u': "yyyy-MM-dd HH:mm:ssZ", 'U': "dddd, MMMM d, yyyy h:mm:ss tt", 'y': "MMMM yyyy", 'Y': "MMMM yyyy",
}

// CheckDateFormat gives the FormatException for a single letter that is no standard
// format, and otherwise nil.
func CheckDateFormat(format string) error {
	if len(format) == 1 && standardDates[format[0]] == "" {
		return value.NewException("System.FormatException", "Input string was not in a correct format.")
	}
	return nil
}

// FormatDate writes a date in a standard or custom format.
func FormatDate(d value.DateTime, format string) string {
	if len(format) == 1 {
		if custom, ok := standardDates[format[0]]; ok {
			format = custom
		}
	}
	var b strings.Builder
	for len(format) > 0 {
		n := tokenLength(format)
		b.WriteString(formatToken(d, format[:n]))
		format = format[n:]
	}
	return b.String()
}

// tokenLength is the length of the format token that a format begins with.
func tokenLength(format string) int {
	switch c := format[0]; c {
	case '\'', '"':
		if end := strings.IndexByte(format[1:], c); end >= 0 {
			return end + 2
		}
		return len(format)
	case '\\', '%':
		return min(2, len(format))
	}
	n := 1
	for n < len(format) && format[n] == format[0] && strings.IndexByte("yMdHhmsfFtKz", format[0]) >= 0 {
		n++
	}
	return n
}

func formatToken(d value.DateTime, token string) string {
	t, n := d.Time, len(token)
	pad := func(x int) string { return fmt.Sprintf("%0*d", min(n, 2), x) }
	switch token[0] {
	case '\'', '"':
		return strings.Trim(token, token[:1])
	case '\\':
		return token[1:]
	case '%':
		return formatToken(d, token[1:])
	case 'y':
		if n <= 2 {
			return pad(t.Year() % 100)
		}
		return fmt.Sprintf("%0*d", n, t.Year())
	case 'M':
		if n >= 3 {
			return named(t.Month().String(), n)
		}
		return pad(int(t.Month()))
	case 'd':
		if n >= 3 {
			return named(t.Weekday().String(), n)
		}
		return pad(t.Day())
	case 'H':
		return pad(t.Hour())
	case 'h':
		return pad((t.Hour()+11)%12 + 1)
	case 'm':
		return pad(t.Minute())
	case 's':
		return pad(t.Second())
	case 'f':
		return fmt.Sprintf("%07d", t.Nanosecond()/100)[:n]
	case 'F':
		return strings.TrimRight(fmt.Sprintf("%07d", t.Nanosecond()/100)[:n], "0")
	case 't':
		return t.Format("PM")[:min(n, 2)]
	case 'K':
		return []string{"", "Z", "+00:00"}[d.Kind]
	case 'z':
		return map[int]string{1: "+0", 2: "+00"}[n] + map[bool]string{true: "+00:00"}[n > 2]
	}
	return token
}

// named is the name of a month or a weekday. With n = 3 it is cut to three letters.
func named(name string, n int) string {
	if n == 3 {
		return name[:3]
	}
	return name
}

// layouts are the forms in which a date is read, as layouts of Go's time package.
var layouts = []string{
	"2006-01-02T15:04:05.9999999Z07:00", "2006-01-02T15:04:05.9999999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	"2006-01-02 15:04:05.9999999Z07:00", "2006-01-02 15:04:05.9999999", "2006-01-02 15:04", "2006-01-02 3:04:05 PM", "2006-01-02", "2006-1-2",
	"1/2/2006 3:04:05 PM", "1/2/2006 3:04 PM", "1/2/2006 15:04:05", "1/2/2006 15:04", "1/2/2006", "2006/1/2", "2006/1/2 15:04:05",
	"Mon, 02 Jan 2006 15:04:05 GMT", "Jan 2, 2006 3:04 PM", "January 2, 2006 3:04 PM", "2006-01-02Z07:00", "January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006", "January 2, 2006 3:04:05 PM",
	"Monday, January 2, 2006 3:04:05 PM", "Monday, January 2, 2006", "2006-01",
}

// ParseDate reads a date as a cast does. A date with a time zone becomes local time.
func ParseDate(s string) (value.DateTime, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range layouts {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		kind := value.Unspecified
		if strings.HasSuffix(layout, "Z07:00") || strings.HasSuffix(layout, "GMT") {
			kind = value.Local
		}
		return value.DateTime{Time: t.UTC().Truncate(100), Kind: kind}, true
	}
	return value.DateTime{}, false
}

// parseExact reads a date in one custom format.
func parseExact(s, format string) (value.DateTime, bool, bool) {
	if len(format) == 1 {
		if custom, ok := standardDates[format[0]]; ok {
			format = custom
		}
	}
	layout, zoned := goLayout(format)
	t, err := time.Parse(layout, s)
	if err != nil {
		return value.DateTime{}, false, false
	}
	kind := value.Unspecified
	if zoned && (strings.HasSuffix(s, "Z") || strings.ContainsAny(s[max(0, len(s)-6):], "+-")) {
		kind = value.Local
	}
	return value.DateTime{Time: t.UTC().Truncate(100), Kind: kind}, kind == value.Local, true
}

var goTokens = map[string]string{
	"yyyy": "2006", "yy": "06", "MMMM": "January", "MMM": "Jan", "MM": "01", "M": "1", "dddd": "Monday", "ddd": "Mon", "dd": "02", "d": "2",
	"HH": "15", "H": "15", "hh": "03", "h": "3", "mm": "04", "m": "4", "ss": "05", "s": "5", "tt": "PM", "K": "Z07:00", "zzz": "-07:00", "zz": "-07",
}

// goLayout turns a custom format into a layout of Go's time package. It also reports
// whether the format has a time zone.
func goLayout(format string) (string, bool) {
	var b strings.Builder
	zoned := false
	for len(format) > 0 {
		n := tokenLength(format)
		token := format[:n]
		format = format[n:]
		switch {
		case goTokens[token] != "":
			b.WriteString(goTokens[token])
			zoned = zoned || token == "K" || token[0] == 'z'
		case token[0] == '\'' || token[0] == '"':
			b.WriteString(strings.Trim(token, token[:1]))
		case token[0] == '\\':
			b.WriteString(token[1:])
		case token[0] == 'f':
			b.WriteString(strings.Repeat("0", n))
		case token[0] == 'F':
			b.WriteString(strings.Repeat("9", n))
		default:
			b.WriteString(token)
		}
	}
	return b.String(), zoned
}
