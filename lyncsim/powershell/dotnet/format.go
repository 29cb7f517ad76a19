package dotnet

import (
	"strconv"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Format is String.Format with its placeholders {index[,alignment][:format]}. It follows
// PowerShell 7 (core) or 5.1. The error is a FormatException.
func Format(format string, args []any, core bool) (string, error) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		c := format[i]
		doubled := i+1 < len(format) && format[i+1] == c
		switch {
		case (c == '{' || c == '}') && doubled:
			b.WriteByte(c)
			i++
		case c == '{':
			end := strings.IndexByte(format[i:], '}')
			if end < 0 {
				return "", badFormat()
			}
			s, err := formatItem(format[i+1:i+end], args, core)
			if err != nil {
				return "", err
			}
			b.WriteString(s)
			i += end
		case c == '}':
			return "", badFormat()
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

func badFormat() error {
	return value.NewException("System.FormatException", "Input string was not in a correct format.")
}

func formatItem(item string, args []any, core bool) (string, error) {
	place, format, _ := strings.Cut(item, ":")
	index, width, _ := strings.Cut(place, ",")
	n, err := strconv.Atoi(strings.TrimSpace(index))
	if err != nil {
		return "", badFormat()
	}
	if n < 0 || n >= len(args) {
		return "", value.NewException("System.FormatException",
			"Index (zero based) must be greater than or equal to zero and less than the size of the argument list.")
	}
	s, err := FormatValue(args[n], format, core)
	if err != nil || width == "" {
		return s, err
	}
	w, err := strconv.Atoi(strings.TrimSpace(width))
	if err != nil {
		return "", badFormat()
	}
	fill := strings.Repeat(" ", max(0, max(w, -w)-Length(s)))
	if w < 0 {
		return s + fill, nil
	}
	return fill + s, nil
}

// FormatValue is IFormattable.ToString(format). Numbers, dates, time spans, GUIDs and
// values of enumerations have formats. Other values ignore the format.
func FormatValue(v any, format string, core bool) (string, error) {
	switch x := v.(type) {
	case value.DateTime:
		if err := CheckDateFormat(format); err != nil {
			return "", err
		}
		return FormatDate(x, cmpOr(format, "G")), nil
	case value.Guid:
		return guidText(x, format)
	case value.Enum:
		return enumText(x, format)
	case time.Duration:
		if format == "" || format == "c" {
			return value.DurationText(x), nil
		}
		return FormatSpan(x, format)
	}
	if o, ok := v.(*value.Object); ok {
		return value.Text(o), nil
	}
	if !value.IsNumber(v) || format == "" {
		return value.MethodText(v, core), nil
	}
	return formatNumber(v, format, core)
}
