package utility

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// scalar writes a value that is neither an object nor an array.
func (w *jsonWriter) scalar(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "null", true
	case bool:
		return strconv.FormatBool(v), true
	case string:
		return w.quote(v), true
	case value.Char:
		return w.quote(string(rune(v))), true
	case value.Guid, *value.URI:
		return w.quote(value.Text(v)), true
	case value.DateTime:
		return w.date(v), true
	case value.Enum:
		if w.names {
			return w.quote(v.String()), true
		}
		return strconv.FormatInt(v.Value, 10), true
	case float64:
		return w.float(v, value.FloatText(v, 64)), true
	case float32:
		return w.float(float64(v), value.FloatText(float64(v), 32)), true
	case value.Decimal:
		return w.whole(v.String()), true
	}
	if value.IsInteger(v) {
		return value.Text(v), true
	}
	return "", false
}

// date is "\/Date(milliseconds)\/" in 5.1 and ISO 8601 in 7.
func (w *jsonWriter) date(d value.DateTime) string {
	if !w.core {
		return fmt.Sprintf(`"\/Date(%d)\/"`, d.Time.UnixMilli())
	}
	text := dotnet.FormatDate(d, "yyyy-MM-ddTHH:mm:ss")
	if d.Time.Nanosecond() != 0 {
		text += strings.TrimRight(dotnet.FormatDate(d, ".fffffff"), "0")
	}
	return `"` + text + dotnet.FormatDate(d, "K") + `"`
}

func (w *jsonWriter) float(f float64, text string) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		word := map[bool]string{true: "Infinity", false: "-Infinity"}[f > 0]
		if math.IsNaN(f) {
			word = "NaN"
		}
		if w.core {
			return `"` + word + `"`
		}
		return word
	}
	return w.whole(text)
}

// whole gives a number without fraction the ".0" that 7 writes.
func (w *jsonWriter) whole(text string) string {
	if w.core && !strings.ContainsAny(text, ".E") {
		return text + ".0"
	}
	return text
}

// escapes reports whether a character is escaped for the sake of the JSON's reader.
func (w *jsonWriter) escapes(r rune) bool {
	switch {
	case !w.core || w.escape == "escapehtml":
		return strings.ContainsRune("<>&'", r)
	case w.escape == "escapenonascii":
		return r > 127
	}
	return false
}

var shortEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}

// quote writes a string. PowerShell 5.1 escapes the characters that HTML would read as
// markup.
func (w *jsonWriter) quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case shortEscapes[r] != "":
			b.WriteString(shortEscapes[r])
		case r < ' ', r == '\u0085', r == '\u2028', r == '\u2029', w.escapes(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
