package syntax

import "strings"

// lexer reads tokens. It has no state: the token at an offset depends only on the mode.
// The parser can therefore read the same place in several modes.
type lexer struct {
	source *Source
	text   string // the source up to where this lexer may read
}

// scan holds the state while one token is read.
type scan struct {
	lexer
	mode       mode
	start, pos int
	issues     []Issue
}

// at reads the token that begins at or behind offset.
func (l lexer) at(offset int, m mode) token {
	s := &scan{lexer: l, mode: m, pos: offset}
	s.skipTrivia()
	s.start = s.pos
	t := s.read()
	t.start, t.end = s.start, s.pos
	t.text = s.text[s.start:s.pos]
	t.issues = s.issues
	return t
}

func (s *scan) peek() rune {
	r, _ := runeAt(s.text, s.pos)
	return r
}

// peekAt is the character at a distance. All characters before it must be single bytes.
func (s *scan) peekAt(distance int) rune {
	r, _ := runeAt(s.text, s.pos+distance)
	return r
}

// next takes one character.
func (s *scan) next() rune {
	r, width := runeAt(s.text, s.pos)
	s.pos += width
	return r
}

func (s *scan) complain(start int, id, message string) {
	s.issues = append(s.issues, Issue{Extent: Extent{s.source, start, s.pos}, ID: id, Message: message})
}

// skipTrivia skips blanks, comments and line ends behind a backtick.
func (s *scan) skipTrivia() {
	for {
		r := s.peek()
		switch {
		case isBlank(r):
			s.next()
		case r == '#':
			s.skipLine()
		case r == '<' && s.peekAt(1) == '#':
			s.skipBlockComment()
		case r == '`' && (isBlank(s.peekAt(1)) || isLineEnd(s.peekAt(1))):
			s.next()
			s.skipLineEnd()
		case r == '`' && s.peekAt(1) == end:
			s.next()
			s.complain(s.pos-1, "IncompleteString", "Incomplete string token.")
		default:
			return
		}
	}
}

func (s *scan) skipLine() {
	for r := s.peek(); r != end && !isLineEnd(r); r = s.peek() {
		s.next()
	}
}

// skipLineEnd skips one line end, if one stands here.
func (s *scan) skipLineEnd() {
	if strings.HasPrefix(s.text[s.pos:], "\r\n") {
		s.pos += 2
	} else if isLineEnd(s.peek()) {
		s.pos++
	}
}

func (s *scan) skipBlockComment() {
	start := s.pos
	length := strings.Index(s.text[s.pos+2:], "#>")
	if length < 0 {
		s.pos = len(s.text)
		s.complain(start, "MissingTerminatorMultiLineComment", "The terminator '#>' is missing from the multiline comment.")
		return
	}
	s.pos += 2 + length + 2
}

// read reads the token at s.pos.
func (s *scan) read() token {
	r := s.peek()
	switch {
	case r == end:
		return token{kind: endToken}
	case isLineEnd(r):
		s.skipLineEnd()
		return token{kind: newlineToken}
	case isSingleQuote(r):
		return s.singleQuoted()
	case isDoubleQuote(r):
		return s.doubleQuoted()
	case r == '@':
		return s.atSign()
	case r == '$':
		return s.dollar()
	case strings.ContainsRune("(){};,", r):
		return s.symbol(1)
	case r == '|' || r == '&':
		return s.doubled()
	case s.atRedirection():
		return s.redirection()
	case s.mode == commandMode:
		return s.argument()
	}
	return s.expression()
}

// symbol takes punctuation of the given width.
func (s *scan) symbol(width int) token {
	s.pos += width
	return token{kind: symbolToken}
}

// doubled takes | or ||, or & or &&.
func (s *scan) doubled() token {
	if s.peekAt(1) == s.peek() {
		return s.symbol(2)
	}
	return s.symbol(1)
}

// atSign reads what begins with @: a collection, a here-string or a splat.
func (s *scan) atSign() token {
	second := s.peekAt(1)
	switch {
	case second == '(' || second == '{':
		return s.symbol(2)
	case isSingleQuote(second) || isDoubleQuote(second):
		return s.hereString()
	case isVariableStart(second):
		return s.variable(splatToken)
	}
	s.next()
	s.complain(s.start, "UnrecognizedToken", "Unrecognized token in source text.")
	return token{kind: symbolToken}
}

func (s *scan) dollar() token {
	second := s.peekAt(1)
	switch {
	case second == '(':
		return s.symbol(2)
	case second == '{' || isVariableStart(second):
		return s.variable(variableToken)
	}
	return s.word()
}
