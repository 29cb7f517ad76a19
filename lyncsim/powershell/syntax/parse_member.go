package syntax

import "strings"

// members reads the members, elements and method calls right behind a value. A blank
// before one of them ends the value.
func (p *parser) members(value Expression, m mode) Expression {
	depth := p.depth
	defer func() { p.depth = depth }()
	for value != nil && p.enter() {
		rest := p.text[p.pos:]
		next := p.peekByte(1)
		switch {
		case strings.HasPrefix(rest, "["):
			value = p.element(value)
		case strings.HasPrefix(rest, "::") && !(m == commandMode && endsArgument(p.peekByte(2))):
			p.step(2)
			value = p.member(value, "::")
		case strings.HasPrefix(rest, ".") && next != '.' && !(m == commandMode && endsArgument(next)):
			p.step(1)
			value = p.member(value, ".")
		default:
			return value
		}
	}
	return value
}

// peekByte is the character at a distance. All characters before it must be single bytes.
func (p *parser) peekByte(distance int) rune {
	r, _ := runeAt(p.text, p.pos+distance)
	return r
}

func endsArgument(r rune) bool { return r == end || isLineEnd(r) || isBlank(r) }

// step skips an operator that is read without making a token of it.
func (p *parser) step(width int) {
	p.pos += width
	p.last = p.pos
}

// element reads [index].
func (p *parser) element(target Expression) Expression {
	p.step(1)
	commas := p.commas
	p.commas = commaJoins
	defer func() { p.commas = commas }()
	p.skipNewlines()
	index := p.expression()
	if index == nil {
		p.complain(p.peek(operandMode), "MissingArrayIndexExpression", "Array index expression is missing or not valid.")
	}
	p.skipNewlines()
	p.expect("]", "MissingEndSquareBracket", "Missing ']' after array index expression.")
	if index == nil {
		return nil
	}
	return &IndexExpression{p.value(target.Span().Start), target, index}
}

// member reads the name behind a dot or two colons, and the arguments if it is a method
// call.
func (p *parser) member(target Expression, operator string) Expression {
	name := p.memberName()
	if name == nil {
		p.complain(p.peek(operandMode), "MissingPropertyName", "Missing property name after reference operator.")
		return nil
	}
	start := target.Span().Start
	static := operator == "::"
	switch p.peekByte(0) {
	case '(':
		arguments := p.callArguments()
		return &InvokeMemberExpression{p.value(start), target, name, static, arguments}
	case '{':
		block := p.enclosed(p.peek(operandMode), operandMode)
		return &InvokeMemberExpression{p.value(start), target, name, static, []Expression{block}}
	}
	return &MemberExpression{p.value(start), target, name, static}
}

// memberName reads a plain name, a string, a variable or a value in parentheses.
func (p *parser) memberName() Expression {
	p.skipNewlines()
	t := p.peek(operandMode)
	switch {
	case isNameStart(p.firstOf(t)):
		return p.plainName(t.start)
	case t.kind == stringToken, t.kind == expandableToken, t.kind == variableToken, t.is("("), t.is("$("):
		return p.atom(t, operandMode)
	case t.kind == numberToken && isDigit(p.firstOf(t)):
		return p.atom(t, operandMode)
	}
	return nil
}

func (p *parser) firstOf(t token) rune {
	r, _ := runeAt(p.text, t.start)
	return r
}

// plainName takes letters, digits and underscores only, because $x.Count-1 subtracts.
func (p *parser) plainName(start int) Expression {
	s := scan{lexer: p.lexer, pos: start}
	s.skip(isNamePart)
	p.pos, p.last = s.pos, s.pos
	return &StringConstantExpression{p.value(start), BareWord, p.text[start:s.pos]}
}

// callArguments reads (a, b) of a method call.
func (p *parser) callArguments() []Expression {
	p.step(1)
	commas := p.commas
	p.commas = commaEnds
	defer func() { p.commas = commas }()
	var list []Expression
	p.skipNewlines()
	for {
		if comma := p.peek(operandMode); comma.is(",") {
			p.complain(comma, "MissingExpressionAfterToken", "Missing expression after ','.")
			return list
		}
		argument := p.expression()
		if argument == nil {
			if len(list) > 0 {
				p.complain(p.peek(operandMode), "MissingExpressionAfterToken", "Missing expression after ','.")
			}
			break
		}
		list = append(list, argument)
		p.skipNewlines()
		if !p.accept(",") {
			break
		}
		p.skipNewlines()
	}
	p.skipNewlines()
	p.expect(")", "MissingEndParenthesisInMethodCall", "Missing ')' in method call.")
	return list
}
