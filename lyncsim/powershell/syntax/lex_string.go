package syntax

import (
	"strings"
	"unicode/utf8"
)

// assembly collects the text of a string and its pieces.
type assembly struct {
	whole   strings.Builder
	literal strings.Builder
	list    []piece
}

func (a *assembly) add(text string) {
	a.whole.WriteString(text)
	a.literal.WriteString(text)
}

// put adds a piece that will be expanded. text is the piece as it was written.
func (a *assembly) put(p piece, text string) {
	a.whole.WriteString(text)
	a.flush()
	a.list = append(a.list, p)
}

func (a *assembly) flush() {
	if a.literal.Len() == 0 {
		return
	}
	a.list = append(a.list, piece{kind: literalPiece, text: a.literal.String()})
	a.literal.Reset()
}

func (a *assembly) value() string { return a.whole.String() }

// pieces gives the pieces of the string, or nil when none of them is to be expanded.
func (a *assembly) pieces() []piece {
	if len(a.list) == 0 {
		return nil
	}
	a.flush()
	return a.list
}

// quoting is the way in which double quotes are written inside a $(…) of a string.
type quoting int

const (
	doubleQuotes quoting = iota // "" inside "…" is one quote
	singleQuotes                // here-strings keep them as they are
)

func (s *scan) singleQuoted() token {
	s.next()
	var text assembly
	s.untilSingleQuote(&text)
	return token{kind: stringToken, quote: SingleQuoted, value: text.value()}
}

func (s *scan) untilSingleQuote(text *assembly) {
	for {
		from := s.pos
		r := s.next()
		switch {
		case r == end:
			s.unterminated("'")
			return
		case !isSingleQuote(r):
			s.run("'")
			text.add(s.text[from:s.pos])
		case isSingleQuote(s.peek()):
			text.add(s.take())
		default:
			return
		}
	}
}

// run skips ASCII characters up to the first of the given ones.
func (s *scan) run(stops string) {
	for s.pos < len(s.text) && s.text[s.pos] < utf8.RuneSelf && strings.IndexByte(stops, s.text[s.pos]) < 0 {
		s.pos++
	}
}

// takeRun takes one character as text, and the ASCII characters behind it up to the first
// of the given ones.
func (s *scan) takeRun(stops string) string {
	from := s.pos
	s.next()
	s.run(stops)
	return s.text[from:s.pos]
}

func (s *scan) unterminated(terminator string) {
	s.complain(s.start, "TerminatorExpectedAtEndOfString", "The string is missing the terminator: "+terminator+".")
}

func (s *scan) doubleQuoted() token {
	s.next()
	var text assembly
	s.untilDoubleQuote(&text)
	return stringOf(&text, DoubleQuoted)
}

// stringOf is the token of a string of the kind in which variables are expanded.
func stringOf(text *assembly, quote QuoteKind) token {
	kind := stringToken
	pieces := text.pieces()
	if pieces != nil {
		kind = expandableToken
	}
	return token{kind: kind, quote: quote, value: text.value(), pieces: pieces}
}

func (s *scan) untilDoubleQuote(text *assembly) {
	for {
		r := s.peek()
		switch {
		case r == end:
			s.unterminated(`"`)
			return
		case r == '`':
			s.escape(text)
		case r == '$' && s.expand(text, doubleQuotes):
		case !isDoubleQuote(r):
			text.add(s.takeRun("\"`$"))
		default:
			s.next()
			if !isDoubleQuote(s.peek()) {
				return
			}
			text.add(s.take())
		}
	}
}

var escapes = map[rune]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// escape reads a backtick and the character behind it.
func (s *scan) escape(text *assembly) {
	s.next()
	r := s.peek()
	if r == end {
		text.add("`")
		return
	}
	written := s.take()
	if meant, ok := escapes[r]; ok {
		written = meant
	}
	text.add(written)
}

// expand reads a variable or $(…) of a string. When the dollar sign begins neither, it
// reports false and reads nothing.
func (s *scan) expand(text *assembly, quotes quoting) bool {
	second := s.peekAt(1)
	start := s.pos
	switch {
	case second == '(':
		dropped := s.subexpression(quotes)
		text.put(piece{kind: subexpressionPiece, start: start, end: s.pos, dropped: dropped}, s.text[start:s.pos])
	case second == '{' || isVariableStart(second):
		s.next()
		name := s.variableName(insideString)
		text.put(piece{kind: variablePiece, text: name, start: start, end: s.pos}, s.text[start:s.pos])
	default:
		return false
	}
	return true
}

// subexpression skips a $(…) by counting parentheses. Like the engine it also counts
// parentheses in quotes. It returns the offsets of the characters to leave out so that
// each doubled quote becomes one.
func (s *scan) subexpression(quotes quoting) []int {
	start := s.pos
	s.pos += 2
	var dropped []int
	for depth := 1; depth > 0; {
		at := s.pos
		r := s.next()
		switch {
		case r == end:
			s.complain(start, "IncompleteDollarSubexpressionReference", "$(subexpression) is missing the closing ')'.")
			return dropped
		case r == '(':
			depth++
		case r == ')':
			depth--
		case quotes == doubleQuotes && (r == '`' || isDoubleQuote(r)) && isDoubleQuote(s.peek()):
			for i := at; i < s.pos; i++ {
				dropped = append(dropped, i)
			}
			s.next()
		}
	}
	return dropped
}
