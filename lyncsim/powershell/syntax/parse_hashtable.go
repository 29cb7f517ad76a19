package syntax

func (p *parser) hashtable() Expression {
	open := p.take(operandMode)
	table := &Hashtable{}
	for {
		p.skipSeparators()
		if t := p.peek(operandMode); t.is("}") || t.kind == endToken {
			break
		}
		entry, ok := p.entry()
		if !ok {
			break
		}
		table.Entries = append(table.Entries, entry)
		if t := p.peek(operatorMode); t.kind != newlineToken && !t.is(";") && !t.is("}") {
			break
		}
	}
	p.close(open)
	table.expressionNode = p.value(open.start)
	return table
}

// entry reads key = statement. It reports false after a complaint.
func (p *parser) entry() (HashtableEntry, bool) {
	first := p.peek(operandMode)
	key := p.key(first)
	if key == nil {
		p.complain(first, "MissingKeyInHashLiteral", "Missing key before '=' in hash literal.")
		return HashtableEntry{}, false
	}
	p.skipNewlines()
	equals := p.peek(operatorMode)
	if !p.expect("=", "MissingEqualsInHashLiteral", "Missing '=' operator after key in hash literal.") {
		return HashtableEntry{}, false
	}
	p.skipNewlines()
	var value Statement
	if !p.peek(commandMode).ends() {
		value = p.statement()
	}
	if value == nil {
		p.complain(equals, "MissingStatementInHashLiteral", "Missing statement after '=' in hash literal.")
		return HashtableEntry{}, false
	}
	return HashtableEntry{key, value}, true
}

// key reads a bare name or a value.
func (p *parser) key(first token) Expression {
	if first.kind != wordToken {
		return p.unary()
	}
	p.take(operandMode)
	return &StringConstantExpression{p.value(first.start), BareWord, first.value}
}
