package syntax

import (
	"strings"
)

// place is the place where a variable stands.
type place int

const (
	insideString place = iota
	onItsOwn
)

// variable reads $name, ${name} or @name. In a command, a variable that goes on
// with other characters is the beginning of a word.
func (s *scan) variable(kind tokenKind) token {
	braced := s.peekAt(1) == '{'
	s.next()
	if s.mode == commandMode && kind == splatToken && s.peek() == '$' { // here @ only begins a word
		return s.word()
	}
	name := s.variableName(onItsOwn)
	if s.mode == commandMode && (kind == variableToken || s.peek() == '@') && s.wordGoesOn(name, braced) {
		s.issues = nil
		return s.word()
	}
	return token{kind: kind, value: name}
}

// wordGoesOn reports whether the text behind a variable of a command belongs to the
// same word. Dots and brackets do not: they lead to members and elements.
func (s *scan) wordGoesOn(name string, braced bool) bool {
	r := s.peek()
	if endsWord(r) {
		return false
	}
	if !braced && (name == "$" || name == "?" || name == "^") {
		return true
	}
	if r == ':' && s.peekAt(1) == ':' || r == '.' || r == '[' {
		return false
	}
	return braced || r != '='
}

// variableName reads the name behind the sigil.
func (s *scan) variableName(where place) string {
	if s.peek() == '{' {
		return s.bracedName(where)
	}
	from := s.pos
	if r := s.next(); r == '$' || r == '?' || r == '^' {
		return s.text[from:s.pos]
	}
	s.pos = from
	for {
		r := s.peek()
		if r == ':' && s.peekAt(1) == ':' || r != ':' && r != '?' && !isNamePart(r) {
			break
		}
		s.next()
	}
	name := s.text[from:s.pos]
	if scope, rest, found := strings.Cut(name, ":"); found && rest == "" {
		s.badReference(from-1, scope)
	}
	return name
}

func (s *scan) badReference(start int, scope string) {
	if scope == "" {
		s.complain(start, "InvalidVariableReference", "Variable reference is not valid. '$' was not followed by a valid variable name character. Consider using ${} to delimit the name.")
		return
	}
	s.complain(start, "InvalidVariableReferenceWithDrive", "Variable reference is not valid. ':' was not followed by a valid variable name character. Consider using ${} to delimit the name.")
}

// bracedName reads {name}; backticks escape in it.
func (s *scan) bracedName(where place) string {
	start := s.pos - 1
	s.next()
	var name assembly
	for {
		r := s.peek()
		switch {
		case r == end:
			s.complain(start, "IncompleteDollarVariableReference", "${variable} reference starting is missing the closing '}'.")
			return name.value()
		case r == '}':
			s.next()
			if name.value() == "" {
				s.complain(start, "EmptyVariableReference", "An empty ${} variable reference was found. A name is required inside the braces.")
			}
			return name.value()
		case r == '`':
			s.escape(&name)
		case r == '{':
			s.complain(s.pos, "OpenBraceNeedsToBeBackTickedInVariableName", "Use `{ instead of { in variable names.")
			s.next()
		case where == insideString && isDoubleQuote(r):
			s.next()
			if isDoubleQuote(s.peek()) {
				s.next()
			}
			name.add(string(r))
		default:
			name.add(s.take())
		}
	}
}
