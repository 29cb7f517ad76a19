package syntax

// expression reads values joined by operators. It gives nil when there is none.
func (p *parser) expression() Expression { return p.joined(logical) }

// joined reads values joined by operators that bind at least as tight as lowest.
func (p *parser) joined(lowest precedence) Expression {
	depth := p.depth
	defer func() { p.depth = depth }()
	left := p.arrayLiteral()
	for left != nil {
		sign := p.peek(operatorMode)
		meaning := sign.binary()
		if meaning.precedence < lowest || meaning.precedence == notBinary || !p.enter() {
			return left
		}
		p.take(operatorMode)
		p.skipNewlines()
		right := p.joined(meaning.precedence + 1)
		if right == nil {
			p.complain(sign, "ExpectedValueExpression", "You must provide a value expression following the '"+sign.text+"' operator.")
			return left
		}
		left = &BinaryExpression{
			expressionNode: p.value(left.Span().Start),
			Operator:       meaning.operator,
			Left:           left,
			Right:          right,
			Sign:           Extent{p.source, sign.start, sign.end},
		}
	}
	return left
}

// arrayLiteral reads values joined by commas.
func (p *parser) arrayLiteral() Expression {
	first := p.unary()
	if first == nil || p.commas == commaEnds || !p.peek(operatorMode).is(",") {
		return first
	}
	list := []Expression{first}
	for p.accept(",") {
		p.skipNewlines()
		next := p.unary()
		if next == nil {
			p.complain(p.peek(operandMode), "MissingExpressionAfterToken", "Missing expression after ','.")
			break
		}
		list = append(list, next)
	}
	return &ArrayLiteral{p.value(first.Span().Start), list}
}

// unary reads a value with the operators and types before it.
func (p *parser) unary() Expression {
	defer p.leave()
	if !p.enter() {
		return nil
	}
	t := p.peek(operandMode)
	switch {
	case t.is(","):
		return p.unaryComma()
	case t.is("["):
		return p.bracketed()
	case t.unary() == "":
		return p.postfix(p.primary(operandMode))
	}
	p.take(operandMode)
	p.skipNewlines()
	operand := p.unary()
	if operand == nil {
		p.complain(t, "MissingExpressionAfterOperator", "Missing expression after unary operator '"+t.text+"'.")
		return nil
	}
	return &UnaryExpression{p.value(t.start), t.unary(), operand}
}

// unaryComma reads ,value, which is an array with one element.
func (p *parser) unaryComma() Expression {
	comma := p.take(operandMode)
	p.skipNewlines()
	element := p.unary()
	if element == nil {
		p.complain(comma, "MissingExpressionAfterOperator", "Missing expression after unary operator ','.")
		return nil
	}
	return &ArrayLiteral{p.value(comma.start), []Expression{element}}
}

// postfix reads ++ or -- behind a value.
func (p *parser) postfix(operand Expression) Expression {
	if operand == nil {
		return nil
	}
	t := p.peek(operatorMode)
	operator := PostfixPlusPlus
	switch {
	case t.is("--"), t.kind == symbolToken && t.value == "--":
		operator = PostfixMinusMinus
	case !t.is("++"):
		return operand
	}
	p.take(operatorMode)
	return &UnaryExpression{p.value(operand.Span().Start), operator, operand}
}

// bracketed reads an expression that begins with a bracket: a type as a value, or types
// and attributes before an operand.
func (p *parser) bracketed() Expression {
	start := p.peek(operandMode).start
	attribute := p.bracket()
	switch node := attribute.(type) {
	case *TypeConstraint:
		if value := p.typeValue(node); value != nil {
			return value
		}
		operand := p.unary()
		if operand == nil {
			return nil
		}
		return &ConvertExpression{p.value(start), node, operand}
	case *Attribute:
		p.skipNewlines()
		if word := p.peek(commandMode); word.keyword() == "enum" || word.keyword() == "class" {
			p.refuse(word, word.keyword())
			return nil
		}
		operand := p.unary()
		if operand == nil {
			p.complainAt(node.Extent, "UnexpectedAttribute", "Unexpected attribute '"+node.Name.String()+"'.")
			return nil
		}
		return &AttributedExpression{p.value(start), node, operand}
	}
	return nil
}

// typeValue gives the type as a value, with the members taken of it. It gives nil when
// an operand follows, which is then to be converted to the type.
func (p *parser) typeValue(constraint *TypeConstraint) Expression {
	next := p.peek(operandMode)
	if next.startsExpression() && !next.is(",") {
		return nil
	}
	value := &TypeExpression{expressionNode{constraint.Extent}, constraint.Type}
	return p.postfix(p.members(value, operandMode))
}
