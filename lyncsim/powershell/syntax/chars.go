package syntax

import (
	"unicode"
	"unicode/utf8"
)

// end stands for the character behind the last one.
const end rune = -1

// runeAt is the character at an offset and its width in bytes.
func runeAt(text string, offset int) (rune, int) {
	if offset >= len(text) {
		return end, 0
	}
	if c := text[offset]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(text[offset:])
}

// isBlank reports whether r is white space that is not a line end.
func isBlank(r rune) bool {
	switch r {
	case ' ', '\t', '\v', '\f', 0x85, 0xA0:
		return true
	}
	return r >= utf8.RuneSelf && unicode.Is(unicode.Z, r)
}

func isLineEnd(r rune) bool { return r == '\n' || r == '\r' }

// isDash reports whether r is a minus sign. PowerShell also accepts the typographic
// dashes that editors write in its place.
func isDash(r rune) bool {
	return r == '-' || r == '–' || r == '—' || r == '―'
}

// isSingleQuote, like isDoubleQuote, accepts the typographic quotes as well.
func isSingleQuote(r rune) bool {
	return r == '\'' || r >= '‘' && r <= '‛'
}

func isDoubleQuote(r rune) bool {
	return r == '"' || r >= '“' && r <= '„'
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isHexDigit(r rune) bool {
	return isDigit(r) || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
}

func isNameStart(r rune) bool { return r == '_' || unicode.IsLetter(r) }

func isNamePart(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// isVariableStart reports whether r may follow the $ of a variable without braces.
func isVariableStart(r rune) bool {
	return isNamePart(r) || r == '?' || r == '^' || r == '$' || r == ':'
}

// endsWord reports whether r ends a word of a command wherever it stands.
func endsWord(r rune) bool {
	switch r {
	case end, 0, '\n', '\r', '&', '(', ')', ',', ';', '{', '|', '}':
		return true
	}
	return isBlank(r)
}

// endsNumber reports whether r ends a number in an expression. The characters that end
// a word end a number as well.
func endsNumber(r rune) bool {
	switch r {
	case '!', '#', '%', '*', '+', '-', '.', '/', '<', '=', '>', ']':
		return true
	}
	return isDash(r)
}
