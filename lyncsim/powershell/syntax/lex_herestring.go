package syntax

// hereString reads @'…'@ or @"…"@. The text begins behind the line end that follows the
// opening. It ends before the line end in front of the closing, which must begin its line.
func (s *scan) hereString() token {
	s.next()
	expandable := isDoubleQuote(s.next())
	kind, terminator := SingleQuotedHereString, "'@"
	if expandable {
		kind, terminator = DoubleQuotedHereString, `"@`
	}
	for isBlank(s.peek()) {
		s.next()
	}
	if r := s.peek(); !isLineEnd(r) {
		return s.badHeader(kind, terminator)
	}
	s.skipLineEnd()
	var text assembly
	for first := true; !s.atFooter(expandable, first); first = false {
		if s.peek() == end {
			s.unterminated(terminator)
			return stringOf(&text, kind)
		}
		s.hereText(&text, expandable)
	}
	s.skipLineEnd()
	s.next()
	s.next()
	return stringOf(&text, kind)
}

// badHeader complains about text that stands behind the opening on its line.
func (s *scan) badHeader(kind QuoteKind, terminator string) token {
	if s.peek() == end {
		s.unterminated(terminator)
		return token{kind: stringToken, quote: kind}
	}
	s.complain(s.start, "UnexpectedCharactersAfterHereStringHeader",
		"No characters are allowed after a here-string header but before the end of the line.")
	s.skipLine()
	return token{kind: stringToken, quote: kind}
}

// atFooter reports whether the closing comes next. In an empty here-string it may stand
// right here. Otherwise it stands behind a line end that does not belong to the text.
func (s *scan) atFooter(expandable, first bool) bool {
	if !first && !isLineEnd(s.peek()) {
		return false
	}
	ahead := *s
	ahead.skipLineEnd()
	quote := ahead.next()
	if expandable && !isDoubleQuote(quote) || !expandable && !isSingleQuote(quote) {
		return false
	}
	return ahead.peek() == '@'
}

func (s *scan) hereText(text *assembly, expandable bool) {
	r := s.peek()
	switch {
	case expandable && r == '`':
		s.escape(text)
	case expandable && r == '$' && s.expand(text, singleQuotes):
	case r == '\r':
		from := s.pos
		s.skipLineEnd()
		text.add(s.text[from:s.pos])
	default:
		text.add(s.takeRun("\r\n`$"))
	}
}
