package syntax

import "strings"

// argument reads a token of a command that begins with an ordinary character.
func (s *scan) argument() token {
	r, second := s.peek(), s.peekAt(1)
	switch {
	case r == 0:
		return s.unrecognized()
	case r == '-' && startsParameter(second) || isDash(r) && r != '-' && startsParameter(s.behind(r)):
		return s.parameter()
	case isDigit(r) || r == '.' && isDigit(second):
		return s.number()
	case r == '.' && (endsWord(second) || strings.ContainsRune(`$"'`, second)):
		return s.symbol(1)
	case r == '<':
		return s.symbol(1)
	}
	return s.word()
}

// behind is the character that follows r, which stands here.
func (s *scan) behind(r rune) rune { return s.peekAt(len(string(r))) }

func startsParameter(r rune) bool { return isNameStart(r) || r == '?' }

func (s *scan) unrecognized() token {
	s.next()
	s.complain(s.start, "UnrecognizedToken", "Unrecognized token in source text.")
	return token{kind: symbolToken}
}

// parameter reads -Name or -Name: of a command. With quotes in it, it is a word instead.
func (s *scan) parameter() token {
	s.next()
	from := s.pos
	for {
		r := s.peek()
		switch {
		case endsWord(r), r == '.', r == '[':
			return token{kind: parameterToken, value: s.text[from:s.pos]}
		case r == ':':
			name := s.text[from:s.pos]
			s.next()
			return token{kind: parameterToken, value: name, colon: true}
		case isSingleQuote(r), isDoubleQuote(r):
			return s.word()
		}
		s.next()
	}
}

// word reads a bare word from the token's start. Quotes inside belong to it, and
// variables in it are expanded.
func (s *scan) word() token {
	s.pos = s.start
	var text assembly
	for r := s.peek(); !endsWord(r); r = s.peek() {
		switch {
		case r == '`':
			s.escape(&text)
		case isSingleQuote(r):
			s.next()
			s.untilSingleQuote(&text)
		case isDoubleQuote(r):
			s.next()
			s.untilDoubleQuote(&text)
		case r == '$' && s.expand(&text, doubleQuotes):
		default:
			text.add(s.take())
		}
	}
	if s.pos == s.start {
		return s.unrecognized()
	}
	return token{kind: wordToken, value: text.value(), pieces: text.pieces()}
}

// take takes one character as text.
func (s *scan) take() string {
	from := s.pos
	s.next()
	return s.text[from:s.pos]
}

// atRedirection reports whether >, n>, *> or one of their longer forms stands here.
func (s *scan) atRedirection() bool {
	r := s.peek()
	return r == '>' || (r == '*' || r >= '1' && r <= '6') && s.peekAt(1) == '>'
}

// redirection reads >, >>, n>, n>>, n>&1 and n>&2.
func (s *scan) redirection() token {
	if s.peek() != '>' {
		s.next()
	}
	s.next()
	switch {
	case s.peek() == '>':
		s.next()
	case s.peek() == '&' && s.pos-s.start == 2 && (s.peekAt(1) == '1' || s.peekAt(1) == '2'):
		s.pos += 2
	}
	return token{kind: redirectToken}
}
