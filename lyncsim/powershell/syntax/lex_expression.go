package syntax

import "strings"

// expressionSymbols are the operators without letters, longer ones first.
var expressionSymbols = []string{
	"++", "+=", "--", "-=", "*=", "/=", "%=", "::", "..",
	"+", "-", "*", "/", "%", "=", "!", "[", "]", ".", "<",
}

// expression reads a token of an expression that begins with an ordinary
// character.
func (s *scan) expression() token {
	r := s.peek()
	second := s.peekAt(len(string(r)))
	switch {
	case r == 0:
		return s.unrecognized()
	case isDigit(r), r == '.' && isDigit(second):
		return s.number()
	case s.mode == operandMode && (isDash(r) || r == '+') && s.startsNumber(len(string(r))):
		return s.number()
	case isDash(r) && startsParameter(second):
		return s.dashWord()
	case isNameStart(r):
		return s.identifier()
	}
	return s.sign()
}

// startsNumber reports whether a digit, or a dot and a digit, stands at the distance.
func (s *scan) startsNumber(distance int) bool {
	r := s.peekAt(distance)
	return isDigit(r) || r == '.' && isDigit(s.peekAt(distance+1))
}

func (s *scan) identifier() token {
	for isNamePart(s.peek()) {
		s.next()
	}
	return token{kind: wordToken, value: s.text[s.start:s.pos]}
}

// dashWord reads -eq and the like. A name that is no operator is a parameter,
// which expressions do not have.
func (s *scan) dashWord() token {
	s.next()
	from := s.pos
	for r := s.peek(); r < 0x80 && isNameStart(r) && r != '_'; r = s.peek() {
		s.next()
	}
	name := strings.ToLower(s.text[from:s.pos])
	if isDashOperator(name) {
		return token{kind: dashToken, value: name}
	}
	for isNamePart(s.peek()) || s.peek() == '?' {
		s.next()
	}
	return token{kind: parameterToken, value: s.text[from:s.pos]}
}

// sign reads an operator without letters. Typographic dashes are read as minus.
func (s *scan) sign() token {
	if r := s.peek(); r != '-' && isDash(r) {
		s.next()
		if isDash(s.peek()) { // an editor made typographic dashes of --
			s.next()
			return token{kind: symbolToken, value: "--"}
		}
		return token{kind: symbolToken}
	}
	for _, symbol := range expressionSymbols {
		if strings.HasPrefix(s.text[s.pos:], symbol) {
			return s.symbol(len(symbol))
		}
	}
	return s.word()
}
