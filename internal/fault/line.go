package fault

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLine bounds, in bytes, what a far side's text may add to a message.
const maxLine = 600

// Line makes a far side's text fit into a sentence: on one line, without a final period,
// and at most so long that a condition can hold it.
func Line(text string) string {
	text = strings.TrimRight(Visible(strings.Join(strings.Fields(text), " ")), ". ")
	if len(text) <= maxLine {
		return text
	}
	cut := maxLine
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// Visible makes a text harmless on a screen and in a log: every character of it is seen, and
// it stays on one line. Escapes of terminals, characters that turn the direction of writing
// and other characters without a shape are written as \x1b or \u202e; an end of line becomes
// a space. A text without any of them stays as it is.
func Visible(text string) string {
	harmless := func(r rune) bool { return unicode.IsGraphic(r) && r != utf8.RuneError }
	if !strings.ContainsFunc(text, func(r rune) bool { return !harmless(r) }) {
		return text
	}
	var b strings.Builder
	for _, r := range strings.ReplaceAll(text, "\r\n", "\n") {
		switch {
		case harmless(r), r == utf8.RuneError: // of bytes that are no UTF-8
			b.WriteRune(r)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
