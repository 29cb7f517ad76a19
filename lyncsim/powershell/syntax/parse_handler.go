package syntax

func (p *parser) tryStatement() Statement {
	word := p.take(commandMode)
	p.skipNewlines()
	statement := &TryStatement{}
	statement.Body = p.block("MissingTryStatement", "Incomplete 'try' statement. A try statement requires a body.")
	if statement.Body == nil {
		return statement
	}
	for p.peekBehindNewlines() == "catch" {
		p.skipNewlines()
		statement.Catches = append(statement.Catches, p.catchClause())
	}
	if p.peekBehindNewlines() == "finally" {
		p.skipNewlines()
		p.take(commandMode)
		p.skipNewlines()
		statement.Finally = p.block("MissingFinallyStatementBlock", "The Finally block is missing its statement block.")
	}
	statement.statementNode = p.since(word.start)
	if len(statement.Catches) == 0 && statement.Finally == nil {
		p.complainAt(statement.Extent, "MissingCatchOrFinally", "The Try statement is missing its Catch or Finally block.")
	}
	return statement
}

func (p *parser) catchClause() *CatchClause {
	word := p.take(commandMode)
	clause := &CatchClause{}
	p.skipNewlines()
	for p.peek(operandMode).is("[") {
		constraint := p.typeConstraint()
		if constraint == nil {
			break
		}
		clause.Types = append(clause.Types, constraint)
		p.skipNewlines()
		if !p.accept(",") {
			break
		}
		p.skipNewlines()
		if next := p.peek(operandMode); !next.is("[") {
			p.complain(next, "MissingTypeLiteralToken", "Missing type literal.")
		}
	}
	clause.Body = p.block("MissingCatchHandlerBlock", "The Catch block is missing its statement block.")
	clause.Extent = p.extent(word.start)
	return clause
}

func (p *parser) trapStatement() Statement {
	word := p.take(commandMode)
	statement := &TrapStatement{}
	p.skipNewlines()
	if p.peek(operandMode).is("[") {
		statement.Type = p.typeConstraint()
		p.skipNewlines()
	}
	statement.Body = p.block("MissingTrapStatement", "The 'trap' statement was incomplete. A trap statement requires a body.")
	statement.statementNode = p.since(word.start)
	return statement
}

// typeConstraint reads a bracket that must hold a type.
func (p *parser) typeConstraint() *TypeConstraint {
	at := p.peek(operandMode)
	constraint, ok := p.bracket().(*TypeConstraint)
	if !ok {
		p.complain(at, "MissingTypeLiteralToken", "Missing type literal.")
		return nil
	}
	return constraint
}

func (p *parser) functionStatement() Statement {
	word := p.take(commandMode)
	name := p.peek(commandMode)
	if name.kind != wordToken && name.kind != numberToken && name.kind != parameterToken {
		p.complain(word, "MissingNameAfterKeyword", "Missing name after "+word.keyword()+" keyword.")
		return nil
	}
	p.take(commandMode)
	function := &FunctionDefinition{Name: name.text, Filter: word.keyword() == "filter"}
	p.skipNewlines()
	if p.accept("(") {
		function.Parameters = p.parameters()
		p.skipNewlines()
	}
	if open := p.peek(operatorMode); !open.is("{") {
		p.complain(open, "MissingFunctionBody", "Missing function body in function declaration.")
		return nil
	}
	unnamed := EndBlock
	if function.Filter {
		unnamed = ProcessBlock
	}
	function.Body = p.bracedScript(unnamed)
	if params := function.Body.Params; params != nil && function.Parameters != nil {
		p.complainAt(params.Extent, "OnlyOneParameterListAllowed", "The param statement cannot be used if arguments were specified in the function declaration.")
	}
	function.statementNode = p.since(word.start)
	return function
}
