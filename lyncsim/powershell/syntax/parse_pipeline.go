package syntax

// pipeline reads a pipeline or an assignment. It gives nil after a complaint.
func (p *parser) pipeline() Statement {
	first := p.peek(operandMode)
	var element PipelineElement
	after := commandMode
	if first.is("!") && isNameStart(p.behind(first)) { // !name is a command with the name !name
		if command := p.command(); command != nil {
			return &Pipeline{p.since(first.start), p.pipedCommands([]PipelineElement{command}, after)}
		}
	}
	if first.startsExpression() {
		value := p.expression()
		if value == nil {
			return nil
		}
		if sign := p.peek(operatorMode); sign.assignment() != "" {
			return p.assignment(value, sign)
		}
		element, after = p.commandExpression(value), operatorMode
	} else if command := p.command(); command != nil {
		element = command
	}
	if element == nil {
		p.missingElement(first)
		return nil
	}
	elements := p.pipedCommands([]PipelineElement{element}, after)
	return &Pipeline{p.since(first.start), elements}
}

// behind is the character right behind a token.
func (p *parser) behind(t token) rune {
	r, _ := runeAt(p.text, t.start+len(t.text))
	return r
}

// missingElement complains about a pipe without an element before it.
func (p *parser) missingElement(t token) {
	if t.is("|") {
		p.complain(p.take(operandMode), "EmptyPipeElement", emptyPipeElement)
	}
}

const emptyPipeElement = "An empty pipe element is not allowed."

// pipedCommands reads the rest of a pipeline behind its first element. Only commands may
// follow there. after is the mode in which the token behind the first element is read.
func (p *parser) pipedCommands(elements []PipelineElement, after mode) []PipelineElement {
	for {
		bar := p.peek(after)
		if !bar.is("|") {
			p.endPipeline(bar)
			return elements
		}
		p.take(after)
		after = commandMode
		p.skipNewlines()
		if next := p.peek(operandMode); next.startsExpression() && !next.is(",") {
			p.complain(next, "ExpressionsMustBeFirstInPipeline", "Expressions are only allowed as the first element of a pipeline.")
			elements = append(elements, p.commandExpression(p.expression()))
			after = operatorMode
			continue
		}
		command := p.command()
		if command == nil {
			p.complain(bar, "EmptyPipeElement", emptyPipeElement)
			return elements
		}
		elements = append(elements, command)
	}
}

// endPipeline complains about a token behind a pipeline that does not end the pipeline.
func (p *parser) endPipeline(t token) {
	if t.ends() {
		return
	}
	switch t.text {
	case "&&", "||", "&", "?", "??", "??=":
		if p.options.Version7 {
			p.refuse(t, "operator "+t.text)
			return
		}
	}
	switch t.text {
	case "&&", "||":
		p.complain(t, "InvalidEndOfLine", "The token '"+t.text+"' is not a valid statement separator in this version.")
	case "&":
		p.complain(t, "AmpersandNotAllowed", "The ampersand (&) character is not allowed. The & operator is reserved for future use; wrap an ampersand in double quotation marks (\"&\") to pass it as part of a string.")
	default:
		p.complain(t, "UnexpectedToken", unexpected(t))
		return
	}
	p.take(operatorMode)
}

// commandExpression makes a pipeline element of a value and of the redirections behind it.
func (p *parser) commandExpression(value Expression) *CommandExpression {
	start := p.pos
	if value != nil {
		start = value.Span().Start
	}
	element := &CommandExpression{Expression: value}
	for p.peek(operatorMode).kind == redirectToken {
		if redirection := p.redirection(operatorMode); redirection != nil {
			element.Redirections = p.redirected(element.Redirections, redirection)
		}
	}
	element.statementNode = p.since(start)
	return element
}

// assignment reads the right side of an assignment. The parser has read target, the left
// side, before.
func (p *parser) assignment(target Expression, sign token) Statement {
	p.take(operatorMode)
	p.skipNewlines()
	var value Statement
	if !p.peek(commandMode).ends() {
		value = p.statement()
	}
	if value == nil {
		p.complain(sign, "ExpectedValueExpression", "You must provide a value expression following the '"+sign.text+"' operator.")
		return nil
	}
	return &AssignmentStatement{p.since(target.Span().Start), sign.assignment(), target, bare(value)}
}

// bare takes an expression out of its pipeline when the pipeline holds nothing else.
func bare(value Statement) Statement {
	pipeline, ok := value.(*Pipeline)
	if !ok || len(pipeline.Elements) != 1 {
		return value
	}
	if expression, ok := pipeline.Elements[0].(*CommandExpression); ok {
		return expression
	}
	return value
}
