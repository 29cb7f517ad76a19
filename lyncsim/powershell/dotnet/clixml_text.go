package dotnet

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// EscapeCLIXML writes text as CLIXML does. Control characters become _xHHHH_. An
// underscore before an x becomes _x005F_. Then XML's own escapes follow.
func EscapeCLIXML(s string) string {
	s = escapeStart.ReplaceAllString(s, "_x005F_$1")
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x20 || r == 0x7f || r >= 0xfffe && r <= 0xffff || r >= 0x80 && r < 0xa0:
			fmt.Fprintf(&b, "_x%04X_", r)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, "_x%04X__x%04X_", hi, lo)
		default:
			b.WriteRune(r)
		}
	}
	return xmlText.Replace(b.String())
}

var (
	escapeStart  = regexp.MustCompile(`_([xX])`)
	looksEscaped = regexp.MustCompile(`_[xX][0-9A-Fa-f]{4}_`)
	// fractionZeros are the zeros at the end of a date's seconds.
	fractionZeros = regexp.MustCompile(`(\.\d*[1-9])0+(\D|$)|\.0+(\D|$)`)
	xmlText       = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	xmlValue      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
)

func nameAttribute(name string) string {
	if name == "" {
		return ""
	}
	return ` N="` + xmlValue.Replace(name) + `"`
}

// primitive gives the element name and the text of a value whose type has an element of
// its own in CLIXML.
func primitive(v any) (tag, content string, ok bool) {
	switch x := v.(type) {
	case string:
		return "S", EscapeCLIXML(x), true
	case bool:
		return "B", strings.ToLower(value.Text(x)), true
	case value.Switch:
		return "B", strings.ToLower(value.Text(x)), true
	case value.Char:
		return "C", strconv.Itoa(int(x)), true
	case value.DateTime:
		return "DT", fractionZeros.ReplaceAllString(FormatDate(x, "o"), "$1$2$3"), true
	case time.Duration:
		return "TS", isoDuration(x), true
	case value.Guid:
		return "G", string(x), true
	case value.Version:
		return "Version", x.String(), true
	case *value.URI:
		return "URI", xmlText.Replace(x.Text), true
	case []byte:
		return "BA", base64.StdEncoding.EncodeToString(x), true
	case *XMLDocument:
		return "XD", xmlText.Replace(OuterXML(x)), true
	}
	if value.TypeName(v) == "System.Management.Automation.ScriptBlock" {
		return "SBK", EscapeCLIXML(value.Text(v)), true
	}
	tags := map[string]string{"SByte": "SB", "Int16": "I16", "Int32": "I32", "Int64": "I64", "Byte": "By", "UInt16": "U16",
		"UInt32": "U32", "UInt64": "U64", "Single": "Sg", "Double": "Db", "Decimal": "D"}
	if tag, ok := tags[value.ShortName(value.TypeName(v))]; ok && value.IsNumber(v) {
		return tag, value.Text(v), true
	}
	return "", "", false
}

func isoDuration(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	text := sign + "P"
	if days := d / day; days > 0 {
		text += fmt.Sprintf("%dD", days)
	}
	d %= day
	if d == 0 && text != sign+"P" {
		return text
	}
	text += "T"
	for _, part := range []struct {
		unit   time.Duration
		letter string
	}{{time.Hour, "H"}, {time.Minute, "M"}} {
		if n := d / part.unit; n > 0 {
			text += strconv.Itoa(int(n)) + part.letter
		}
		d %= part.unit
	}
	if d > 0 || strings.HasSuffix(text, "T") {
		text += strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "S"
	}
	return text
}

var isoSpan = regexp.MustCompile(`^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$`)

// parseISODuration reads a duration in the form that isoDuration writes.
func parseISODuration(s string) (time.Duration, bool) {
	m := isoSpan.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	var sum time.Duration
	for i, unit := range []time.Duration{day, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.ParseFloat(m[i+2], 64) // a missing part gives 0
		sum += time.Duration(n * float64(unit))
	}
	if m[1] != "" {
		sum = -sum
	}
	return sum, true
}
