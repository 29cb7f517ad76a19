package syntax

import "strings"

func (p *parser) switchStatement(label string, start int) Statement {
	p.take(commandMode)
	p.skipNewlines()
	statement := &SwitchStatement{Label: label}
	p.switchFlags(statement)
	if statement.Flags&SwitchFile == 0 {
		p.switchCondition(statement)
	}
	p.skipNewlines()
	open := p.peek(operatorMode)
	if p.expect("{", "MissingCurlyBraceInSwitchStatement", "Missing '{' in switch statement.") {
		p.switchClauses(statement)
		p.close(open)
	}
	statement.statementNode = p.since(start)
	return statement
}

// switchFlags reads the parameters of switch, such as -Regex and -File path.
func (p *parser) switchFlags(statement *SwitchStatement) {
	for flag := p.peek(commandMode); flag.kind == parameterToken; flag = p.peek(commandMode) {
		p.take(commandMode)
		bit := switchFlag(flag.value)
		if bit == 0 {
			p.complain(flag, "InvalidSwitchFlag", "The parameter "+flag.text+" is not valid for the switch statement.")
		}
		if comparisons := SwitchRegex | SwitchWildcard | SwitchExact; bit&comparisons != 0 { // the last one counts
			statement.Flags &^= comparisons
		}
		statement.Flags |= bit
		if bit == SwitchFile {
			p.switchFile(statement, flag)
		}
		p.skipNewlines()
	}
}

// switchFlag is the flag with that name. It accepts an abbreviation that fits only one
// flag.
func switchFlag(name string) SwitchFlags {
	for i, flag := range switchFlagNames {
		if len(name) <= len(flag) && strings.EqualFold(name, flag[:len(name)]) {
			return 1 << i
		}
	}
	return 0
}

func (p *parser) switchFile(statement *SwitchStatement, flag token) {
	p.skipNewlines()
	start := p.peek(commandMode).start
	file := p.argument()
	if file == nil {
		p.complain(flag, "MissingFilenameOption", "Cannot process the 'switch' statement because of a missing file name argument to the -file option.")
		return
	}
	element := &CommandExpression{statementNode: p.since(start), Expression: file}
	statement.Condition = &Pipeline{statementNode: p.since(start), Elements: []PipelineElement{element}}
}

func (p *parser) switchCondition(statement *SwitchStatement) {
	if !p.expect("(", "PipelineValueRequired", "A switch statement must have one of the following:  '-file file_name' or '( expression )'.") {
		return
	}
	statement.Condition = p.condition()
	if statement.Condition == nil {
		p.complain(p.peek(operatorMode), "MissingSwitchValueExpression", "Missing expression after '(' in switch statement.")
	}
	p.skipNewlines()
	p.expect(")", "MissingEndParenthesisInSwitchStatement", "Missing ')' after expression in switch statement.")
}

func (p *parser) switchClauses(statement *SwitchStatement) {
	commas := p.commas
	p.commas = commaJoins
	defer func() { p.commas = commas }()
	for {
		p.skipSeparators()
		first := p.peek(commandMode)
		if first.ends() {
			if len(statement.Clauses) == 0 && statement.Default == nil {
				p.complain(first, "MissingSwitchConditionExpression", "Missing condition in switch statement clause.")
			}
			return
		}
		isDefault := p.acceptWord("default")
		var pattern Expression
		if !isDefault {
			pattern = p.argument()
		}
		if !isDefault && pattern == nil {
			p.complain(first, "MissingSwitchConditionExpression", "Missing condition in switch statement clause.")
			return
		}
		p.skipNewlines()
		body := p.block("MissingSwitchStatementClause", "Missing statement block in switch statement clause.")
		switch {
		case body == nil:
			return
		case !isDefault:
			statement.Clauses = append(statement.Clauses, SwitchClause{pattern, body})
		case statement.Default != nil:
			p.complain(first, "MultipleSwitchDefaultClauses", "A switch statement can have only one default clause.")
		default:
			statement.Default = body
		}
	}
}
