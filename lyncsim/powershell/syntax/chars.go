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

// isBlank: white space that is not a line end.
func isBlank(r rune) bool {
	switch r {
	case ' ', '\t', '\v', '\f', 0x85, 0xA0:
		return true
	}
	return r >= utf8.RuneSelf && unicode.Is(unicode.Z, r)
}

func isLineEnd(r rune) bool { return r == '\n' || r == '\r' }

// isDash: PowerShell takes the typographic dashes that editors put in for minus.
func isDash(r rune) bool {
	return r == '-' || r == '–' || r == '—' || r == '―'
}

// isSingleQuote and isDoubleQuote accept the typographic quotes as well.
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

// isVariableStart: what may follow the $ of a variable without braces.
func isVariableStart(r rune) bool {
	return isNamePart(r) || r == '?' || r == '^' || r == '$' || r == ':'
}

// endsWord: what ends a word of a command wherever it stands.
func endsWord(r rune) bool {
	switch r {
	case end, 0, '\n', '\r', '&', '(', ')', ',', ';', '{', '|', '}':
		return true
	}
	return isBlank(r)
}

// endsNumber: what ends a number of an expression, besides the ends of words.
func endsNumber(r rune) bool {
	switch r {
	case '!', '#', '%', '*', '+', '-', '.', '/', '<', '=', '>', ']':
		return true
	}
	return isDash(r)
}
