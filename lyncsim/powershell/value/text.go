package value

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Text is the text that [string]$v gives. Numbers and dates are written in the invariant
// culture. The elements of a collection are joined by blanks.
func Text(v any) string { return TextWith(v, " ") }

// TextWith is Text with another separator between the elements of collections ($OFS).
func TextWith(v any, separator string) string {
	if items, ok := Items(v); ok {
		parts := make([]string, len(items))
		for i, item := range items {
			parts[i] = element(item)
		}
		return strings.Join(parts, separator)
	}
	if o, ok := v.(*Object); ok && o.IsCustom() && o.Text == nil {
		return customText(o)
	}
	return scalarText(v)
}

// element is the text of an element of an array. An array in an array gives its type
// name, and a custom object gives the empty text.
func element(v any) string {
	if _, ok := Items(v); ok {
		return TypeName(v)
	}
	if o, ok := v.(*Object); ok && o.IsCustom() && o.Text == nil {
		return ""
	}
	return Text(v)
}

// customText is the text of a custom object, e.g. "@{A=1; B=x}". A property gives the
// empty text when it is a custom object, and its type name when it is an array.
func customText(o *Object) string {
	if len(o.props) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("@{")
	for i, p := range o.props {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(p.Name)
		b.WriteByte('=')
		if inner, ok := p.Value.(*Object); !ok || !inner.IsCustom() {
			b.WriteString(element(p.Value))
		}
	}
	b.WriteByte('}')
	return b.String()
}

func scalarText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return boolText(v)
	case Switch:
		return boolText(bool(v))
	case Char:
		return string(rune(v))
	case float64:
		return RoundedFloatText(v, 15)
	case float32:
		return RoundedFloatText(float64(v), 7)
	case int8, int16, int32, int64, uint8, uint16, uint32, uint64:
		return fmt.Sprint(v)
	case DateTime:
		return v.Time.Format("01/02/2006 15:04:05")
	case time.Duration:
		return DurationText(v)
	case Guid:
		return string(v)
	case netip.Addr:
		return v.String()
	case *Object:
		return objectText(v)
	case *Exception:
		return v.Type + ": " + v.Message
	case *ErrorRecord:
		return v.Message()
	case Texted:
		return v.String()
	}
	return TypeName(v)
}

func objectText(o *Object) string {
	if o.Text != nil {
		return o.Text()
	}
	if o.IsCustom() {
		return ""
	}
	return o.TypeName()
}

// MethodText is the text that the ToString() method gives. It differs from a cast in
// these cases. A custom object gives the empty text. A collection gives its type name.
// A date is written in the culture en-US. A floating point number has in PowerShell 7
// (core) as many digits as it needs. A MethodTexted gives its own text.
func MethodText(v any, core bool) string {
	if _, ok := Items(v); ok {
		return TypeName(v)
	}
	switch x := v.(type) {
	case MethodTexted:
		return x.MethodText()
	case DateTime:
		return x.Time.Format("1/2/2006 3:04:05 PM")
	case float64:
		return floatMethodText(x, core, 64)
	case float32:
		return floatMethodText(float64(x), core, 32)
	}
	return scalarText(v)
}

func boolText(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// DurationText is a TimeSpan in the form [-][d.]hh:mm:ss[.fffffff], which is the same in
// every culture.
func DurationText(d time.Duration) string {
	prefix := ""
	if d < 0 {
		prefix, d = "-", -d
	}
	if days := d / (24 * time.Hour); days > 0 {
		prefix += fmt.Sprintf("%d.", days)
		d -= days * 24 * time.Hour
	}
	text := fmt.Sprintf("%s%02d:%02d:%02d", prefix, d/time.Hour, d/time.Minute%60, d/time.Second%60)
	if ticks := d % time.Second / 100; ticks != 0 {
		text += fmt.Sprintf(".%07d", ticks)
	}
	return text
}
