package syntax

// loop reads the statement if its keyword is one that can have a label.
func (p *parser) loop(word token, label string, start int) (Statement, bool) {
	switch word.keyword() {
	case "while":
		return p.whileLoop(label, start), true
	case "do":
		return p.doLoop(label, start), true
	case "for":
		return p.forLoop(label, start), true
	case "foreach":
		return p.foreachLoop(label, start), true
	case "switch":
		return p.switchStatement(label, start), true
	}
	return nil, false
}

func (p *parser) loopBody(keyword string) *StatementBlock {
	return p.block("MissingLoopStatement", "Missing statement body in "+keyword+" loop.")
}

func (p *parser) whileLoop(label string, start int) Statement {
	p.take(commandMode)
	condition := p.parenthesized("while")
	body := p.loopBody("while")
	return &WhileStatement{p.since(start), label, condition, body}
}

func (p *parser) doLoop(label string, start int) Statement {
	p.take(commandMode)
	p.skipNewlines()
	body := p.loopBody("do")
	p.skipNewlines()
	switch word := p.peek(commandMode); word.keyword() {
	case "while":
		p.take(commandMode)
		condition := p.loopEnd("while")
		return &DoWhileStatement{p.since(start), label, condition, body}
	case "until":
		p.take(commandMode)
		condition := p.loopEnd("until")
		return &DoUntilStatement{p.since(start), label, condition, body}
	default:
		p.complain(word, "MissingWhileOrUntilInDoWhile", "Missing while or until keyword in do loop.")
		return &DoWhileStatement{statementNode: p.since(start), Label: label, Body: body}
	}
}

// loopEnd reads the condition of a do loop. It leaves the line ends behind it, because
// they end the statement.
func (p *parser) loopEnd(keyword string) Statement {
	p.skipNewlines()
	if !p.expect("(", "MissingOpenParenthesisAfterKeyword", "Missing opening '(' after keyword '"+keyword+"'.") {
		return nil
	}
	condition := p.condition()
	if condition == nil {
		p.complain(p.peek(operatorMode), "MissingExpressionAfterKeyword", "Missing expression after '"+keyword+"' in loop.")
	}
	p.skipNewlines()
	p.expect(")", "MissingEndParenthesisAfterStatement", "Missing closing ')' after expression in '"+keyword+"' statement.")
	return condition
}

func (p *parser) forLoop(label string, start int) Statement {
	p.take(commandMode)
	p.skipNewlines()
	loop := &ForStatement{Label: label}
	if p.expect("(", "MissingOpenParenthesisAfterKeyword", "Missing opening '(' after keyword 'for'.") {
		loop.Initializer = p.forPart()
		loop.Condition = p.forPart()
		loop.Iterator = p.condition()
		p.closeCondition("for")
	}
	loop.Body = p.loopBody("for")
	loop.statementNode = p.since(start)
	return loop
}

// forPart reads one part of a for loop and the semicolon or line end behind it.
func (p *parser) forPart() Statement {
	part := p.condition()
	if t := p.peek(operatorMode); t.is(";") || t.kind == newlineToken {
		p.take(operatorMode)
	}
	return part
}

const foreachForm = "\nThe correct form is: foreach ($a in $b) {...}"

func (p *parser) foreachLoop(label string, start int) Statement {
	p.take(commandMode)
	p.skipNewlines()
	loop := &ForEachStatement{Label: label}
	if flag := p.peek(commandMode); flag.kind == parameterToken {
		p.refuse(flag, "foreach "+flag.text)
		return loop
	}
	if !p.expect("(", "MissingOpenParenthesisAfterKeyword", "Missing opening '(' after keyword 'foreach'.") {
		return loop
	}
	p.skipNewlines()
	variable := p.peek(operandMode)
	if variable.kind != variableToken {
		p.complain(variable, "MissingVariableNameAfterForeach", "Missing variable name after foreach."+foreachForm)
		return loop
	}
	p.take(operandMode)
	loop.Variable = p.variableNode(variable)
	p.skipNewlines()
	if !p.acceptWord("in") {
		p.complain(p.peek(commandMode), "MissingInInForeach", "Missing 'in' after variable in foreach loop."+foreachForm)
		return loop
	}
	loop.Collection = p.condition()
	if loop.Collection == nil {
		p.complain(p.peek(operatorMode), "MissingForeachExpression", "Missing expression in foreach loop."+foreachForm)
	}
	p.skipNewlines()
	p.expect(")", "MissingEndParenthesisAfterForeach", "Missing closing ')' after expression part of foreach loop."+foreachForm)
	p.skipNewlines()
	loop.Body = p.block("MissingForeachStatement", "Missing statement body in foreach loop."+foreachForm)
	loop.statementNode = p.since(start)
	return loop
}
