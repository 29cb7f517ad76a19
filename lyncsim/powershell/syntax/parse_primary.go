package syntax

import "strings"

// primary reads a value without operators, and the members and elements taken of it.
// commandMode means that the value is an argument of a command.
func (p *parser) primary(m mode) Expression {
	t := p.peek(m)
	value := p.atom(t, m)
	if value == nil || t.kind == splatToken {
		return value
	}
	return p.members(value, m)
}

// atom reads a value without its members.
func (p *parser) atom(t token, m mode) Expression {
	switch t.kind {
	case numberToken:
		p.take(m)
		return &ConstantExpression{p.value(t.start), t.number}
	case stringToken:
		p.take(m)
		return &StringConstantExpression{p.value(t.start), t.quote, t.value}
	case expandableToken:
		p.take(m)
		return p.expandable(t)
	case variableToken:
		p.take(m)
		return p.variableNode(t)
	case splatToken:
		p.take(m)
		return p.splat(t, m)
	case symbolToken:
		return p.enclosed(t, m)
	}
	return nil
}

// enclosed reads a value that begins with a bracket of some kind.
func (p *parser) enclosed(t token, m mode) Expression {
	defer p.leave()
	if !p.enter() {
		return nil
	}
	commas := p.commas
	p.commas = commaJoins
	defer func() { p.commas = commas }()
	switch t.text {
	case "(":
		return p.paren()
	case "$(":
		p.take(m)
		body := p.inParentheses("MissingEndParenthesisInSubexpression", "Missing closing ')' in subexpression.")
		return &SubExpression{p.value(t.start), body}
	case "@(":
		p.take(m)
		body := p.inParentheses("MissingEndParenthesisInSubexpression", "Missing closing ')' in subexpression.")
		return &ArrayExpression{p.value(t.start), body}
	case "@{":
		return p.hashtable()
	case "{":
		body := p.bracedScript(EndBlock)
		return &ScriptBlockExpression{p.value(t.start), body}
	}
	return nil
}

// inParentheses reads statements up to the closing parenthesis.
func (p *parser) inParentheses(id, message string) *StatementBlock {
	p.skipSeparators()
	start := p.peek(commandMode).start
	block := p.statementBlock(start)
	p.expect(")", id, message)
	return block
}

func (p *parser) paren() Expression {
	open := p.take(operandMode)
	inner := p.condition()
	if inner == nil {
		p.complain(p.peek(operandMode), "ExpectedExpression", "An expression was expected after '('.")
	}
	p.skipNewlines()
	p.expect(")", "MissingEndParenthesisInExpression", "Missing closing ')' in expression.")
	return &ParenExpression{p.value(open.start), inner}
}

// variableNode makes the node of a variable whose token was taken.
func (p *parser) variableNode(t token) *VariableExpression {
	if len(t.value) > len("using:") && strings.EqualFold(t.value[:len("using:")], "using:") {
		p.refuse(t, "variable "+t.text)
	}
	return &VariableExpression{expressionNode: p.value(t.start), Name: t.value}
}

func (p *parser) splat(t token, m mode) Expression {
	if next := p.peekByte(0); next == '.' || next == '[' {
		p.complain(t, "NoPropertiesInSplatting", "Cannot expand the splatted variable '@"+t.value+"'. Splatted variables cannot be used as part of a property or array expression. Assign the result of the expression to a temporary variable then splat the temporary variable instead.")
	} else if m != commandMode {
		p.complain(t, "SplattingNotPermitted", "The splatting operator '@' cannot be used to reference variables in an expression. '@"+t.value+"' can be used only as an argument to a command. To reference variables in an expression use '$"+t.value+"'.")
	}
	return &VariableExpression{p.value(t.start), t.value, true}
}

// expandable makes the node of a string or word whose token was taken.
func (p *parser) expandable(t token) Expression {
	node := &ExpandableStringExpression{expressionNode: p.value(t.start), Quote: t.quote, Value: t.value}
	pos, last := p.pos, p.last
	for _, piece := range t.pieces {
		part := StringPart{Literal: piece.text}
		switch piece.kind {
		case variablePiece:
			where := Extent{p.source, piece.start, piece.end}
			part = StringPart{Expression: &VariableExpression{expressionNode: expressionNode{where}, Name: piece.text}}
		case subexpressionPiece:
			part = StringPart{Expression: p.nested(piece)}
		}
		node.Parts = append(node.Parts, part)
	}
	p.pos, p.last = pos, last
	if p.halted {
		p.stop()
	}
	return node
}

// stringWeight is the number of levels that a $(…) in a string counts for. It counts for
// more than one because each level reads the text inside it once more.
const stringWeight = 100

// nested reads the $(…) of a string.
func (p *parser) nested(part piece) Expression {
	outer := p.lexer
	p.depth += stringWeight
	p.lexer = p.inner(part)
	p.pos, p.aheadPos = part.start, -1
	if len(part.dropped) > 0 {
		p.pos = 0
	}
	var value Expression
	if p.enter() {
		value = p.enclosed(p.peek(operandMode), operandMode)
	}
	p.leave()
	p.depth -= stringWeight
	p.lexer, p.aheadPos = outer, -1
	return value
}

// inner is the lexer of a $(…) in a string. It reads the same source up to the end of the
// $(…). When quotes have to be left out it reads a source of its own without them.
func (p *parser) inner(part piece) lexer {
	if len(part.dropped) == 0 {
		return lexer{p.source, p.text[:part.end]}
	}
	var text strings.Builder
	from := part.start
	for _, dropped := range part.dropped {
		text.WriteString(p.text[from:dropped])
		from = dropped + 1
	}
	text.WriteString(p.text[from:part.end])
	source := newSource(text.String())
	source.outer, source.shift, source.dropped = p.source, part.start, part.dropped
	return lexer{source, source.text}
}
