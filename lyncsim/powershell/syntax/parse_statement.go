package syntax

import "strings"

// statement reads one statement. It gives nil after a complaint.
func (p *parser) statement() Statement {
	defer p.leave()
	if !p.enter() {
		return nil
	}
	first := p.peek(commandMode)
	label := p.label(first)
	word := p.peek(commandMode)
	if s, ok := p.loop(word, label, first.start); ok {
		return s
	}
	if label != "" {
		p.complain(word, "UnexpectedToken", unexpected(word))
	}
	if s, ok := p.keywordStatement(word); ok {
		return s
	}
	p.refuseKeyword(word)
	return p.pipeline()
}

// label takes :name before a loop.
func (p *parser) label(t token) string {
	name, found := strings.CutPrefix(t.text, ":")
	if t.kind != wordToken || !found || name == "" || strings.ContainsFunc(name, func(r rune) bool { return !isNamePart(r) }) {
		return ""
	}
	p.take(commandMode)
	p.skipNewlines()
	return name
}

// keywordStatement reads a statement that begins with a keyword. It reports false when
// the word is not such a keyword.
func (p *parser) keywordStatement(word token) (Statement, bool) {
	switch word.keyword() {
	case "if":
		return p.ifStatement(), true
	case "try":
		return p.tryStatement(), true
	case "trap":
		return p.trapStatement(), true
	case "function", "filter":
		return p.functionStatement(), true
	case "return", "exit", "throw":
		return p.leaving(word), true
	case "break", "continue":
		return p.jump(word), true
	}
	return nil, false
}

// refuseKeyword refuses the statements that the simulator does not have.
func (p *parser) refuseKeyword(word token) {
	keyword := word.keyword()
	switch keyword {
	case "class", "enum", "workflow", "configuration", "data", "parallel", "sequence", "inlinescript":
		p.refuse(word, keyword)
	case "from", "define", "var":
		p.complain(word, "ReservedKeywordNotAllowed", "The '"+keyword+"' keyword is not supported in this version of the language.")
	}
}

// leaving reads return, exit or throw, and its value if it has one.
func (p *parser) leaving(word token) Statement {
	p.take(commandMode)
	var value Statement
	if !p.peek(commandMode).ends() {
		value = p.pipeline()
	}
	switch word.keyword() {
	case "return":
		return &ReturnStatement{p.since(word.start), value}
	case "exit":
		return &ExitStatement{p.since(word.start), value}
	}
	return &ThrowStatement{p.since(word.start), value}
}

// jump reads break or continue, and its label if it has one.
func (p *parser) jump(word token) Statement {
	p.take(commandMode)
	var label Expression
	if !p.peek(commandMode).ends() {
		label = p.argument()
	}
	if word.keyword() == "break" {
		return &BreakStatement{p.since(word.start), label}
	}
	return &ContinueStatement{p.since(word.start), label}
}

func (p *parser) ifStatement() Statement {
	start := p.peek(commandMode).start
	statement := &IfStatement{}
	for keyword := p.take(commandMode); ; keyword = p.take(commandMode) {
		condition := p.parenthesized(keyword.keyword())
		body := p.block("MissingStatementBlock", "Missing statement block after "+keyword.text+" ( condition ).")
		statement.Clauses = append(statement.Clauses, IfClause{condition, body})
		if p.peekBehindNewlines() != "elseif" || body == nil {
			break
		}
		p.skipNewlines()
	}
	if p.peekBehindNewlines() == "else" {
		p.skipNewlines()
		p.take(commandMode)
		p.skipNewlines()
		statement.Else = p.block("MissingStatementBlockAfterElse", "Missing statement block after 'else' keyword.")
	}
	statement.statementNode = p.since(start)
	return statement
}

// peekBehindNewlines is the keyword that comes next when line ends are skipped.
func (p *parser) peekBehindNewlines() string {
	pos := p.pos
	t := p.at(pos, commandMode)
	for t.kind == newlineToken {
		pos = t.end
		t = p.at(pos, commandMode)
	}
	return t.keyword()
}

// parenthesized reads ( condition ) of the statement with the given keyword, and
// the line ends behind it.
func (p *parser) parenthesized(keyword string) Statement {
	p.skipNewlines()
	if !p.expect("(", "MissingOpenParenthesisAfterKeyword", "Missing opening '(' after keyword '"+keyword+"'.") {
		return nil
	}
	condition := p.condition()
	switch {
	case condition != nil:
	case keyword == "while":
		p.complain(p.peek(operatorMode), "MissingExpressionAfterKeyword", "Missing expression after 'while' in loop.")
	default:
		p.complain(p.peek(operatorMode), "IfStatementMissingCondition", "Missing condition in if statement after '"+keyword+" ('.")
	}
	p.closeCondition(keyword)
	return condition
}

// condition reads a pipeline between parentheses.
func (p *parser) condition() Statement {
	commas := p.commas
	p.commas = commaJoins
	defer func() { p.commas = commas }()
	p.skipNewlines()
	if p.peek(commandMode).ends() {
		return nil
	}
	return p.pipeline()
}

func (p *parser) closeCondition(keyword string) {
	p.skipNewlines()
	p.expect(")", "MissingEndParenthesisAfterStatement", "Missing closing ')' after expression in '"+keyword+"' statement.")
	p.skipNewlines()
}
