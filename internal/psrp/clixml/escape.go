package clixml

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// escape writes text as PowerShell does (MS-PSRP 2.2.5.3.2, and as the real
// engine was seen to do it): control characters, both halves of a surrogate pair
// and what XML cannot carry as _xHHHH_, an underscore before x or X as _x005F_.
func escape(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '_' && i+1 < len(text) && (text[i+1] == 'x' || text[i+1] == 'X'):
			b.WriteString("_x005F_")
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, "_x%04X__x%04X_", high, low)
		case r < 0x20, r >= 0x7F && r <= 0x9F, r >= 0xFFFE:
			fmt.Fprintf(&b, "_x%04X_", r)
		default: // a byte that is not UTF-8 came as U+FFFD
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unescape is the reverse of escape. Half a surrogate pair becomes U+FFFD, because
// Go's strings cannot hold it.
func unescape(text string) string {
	if !strings.Contains(text, "_x") && !strings.Contains(text, "_X") {
		return text
	}
	var b strings.Builder
	var high rune // a first half that waits for its second
	flush := func() {
		if high != 0 {
			b.WriteRune(utf8.RuneError)
			high = 0
		}
	}
	for text != "" {
		unit, ok := escaped(text)
		if !ok {
			flush()
			_, size := utf8.DecodeRuneInString(text)
			b.WriteString(text[:size])
			text = text[size:]
			continue
		}
		text = text[escapeLength:]
		if pair := utf16.DecodeRune(high, unit); high != 0 && pair != utf8.RuneError {
			b.WriteRune(pair)
			high = 0
			continue
		}
		flush()
		if unit >= 0xD800 && unit < 0xDC00 {
			high = unit
			continue
		}
		b.WriteRune(unit) // a second half alone is written as U+FFFD
	}
	flush()
	return b.String()
}

const escapeLength = len("_x0000_")

// escaped reads the escape at the start of the text. Its digits and its x may be in
// either case.
func escaped(text string) (unit rune, ok bool) {
	if len(text) < escapeLength || text[0] != '_' || text[1]|0x20 != 'x' || text[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil
}

// The real engine writes U+FFFE and U+FFFF as character references, which XML 1.0
// forbids and encoding/xml refuses. Two noncharacters of the last plane stand in for
// them while the text passes through encoding/xml. They cannot be mistaken: CLIXML
// writes every character beyond U+FFFF as two escapes.
const (
	standInFFFE = "\U0010FFFE"
	standInFFFF = "\U0010FFFF"
)

var fromStandIn = strings.NewReplacer(standInFFFE, "\uFFFE", standInFFFF, "\uFFFF")

// admit replaces the references by their stand-ins.
func admit(text string) string {
	if !strings.Contains(text, "&#") {
		return text
	}
	var b strings.Builder
	for {
		head, rest, found := strings.Cut(text, "&#")
		b.WriteString(head)
		if !found {
			return b.String()
		}
		digits, after, ended := strings.Cut(rest[:min(len(rest), referenceLength)], ";")
		switch n, err := reference(digits); {
		case ended && err == nil && n == 0xFFFE:
			b.WriteString(standInFFFE)
		case ended && err == nil && n == 0xFFFF:
			b.WriteString(standInFFFF)
		default:
			b.WriteString("&#")
			text = rest
			continue
		}
		text = after + rest[min(len(rest), referenceLength):]
	}
}

// referenceLength bounds how far the end of a reference is looked for. A reference
// with more leading zeros than that is not recognized.
const referenceLength = 16

func reference(digits string) (uint64, error) {
	if hexadecimal, ok := strings.CutPrefix(digits, "x"); ok {
		return strconv.ParseUint(hexadecimal, 16, 32)
	}
	return strconv.ParseUint(digits, 10, 32)
}
