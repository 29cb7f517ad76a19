package syntax

// script reads the whole source.
func (p *parser) script() *ScriptBlock {
	block := p.scriptBody(0, EndBlock)
	for t := p.peek(commandMode); t.kind != endToken; t = p.peek(commandMode) {
		p.complain(p.take(commandMode), "UnexpectedToken", unexpected(t))
		p.statements()
	}
	p.take(commandMode)
	block.Extent = Extent{p.source, 0, len(p.text)}
	block.Requirements = p.requirements
	return block
}

func unexpected(t token) string {
	return "Unexpected token '" + t.text + "' in expression or statement."
}

// bracedScript reads { … } as a script block; its opening brace comes next.
func (p *parser) bracedScript(unnamed BlockKind) *ScriptBlock {
	open := p.take(operatorMode)
	commas := p.commas
	p.commas = commaJoins
	block := p.scriptBody(p.last, unnamed)
	p.commas = commas
	p.close(open)
	block.Extent = p.extent(open.start)
	return block
}

// close takes the } that belongs to an opening brace.
func (p *parser) close(open token) {
	if !p.accept("}") {
		p.complain(open, "MissingEndCurlyBrace", "Missing closing '}' in statement block or type definition.")
	}
}

// scriptBody reads the content of a script block. Statements outside of named blocks
// go into the block of the kind unnamed.
func (p *parser) scriptBody(start int, unnamed BlockKind) *ScriptBlock {
	block := &ScriptBlock{}
	if !p.enter() {
		p.leave()
		return block
	}
	defer p.leave()
	p.skipSeparators()
	block.Usings = p.usings()
	block.Params = p.paramBlock()
	p.skipSeparators()
	if blockKind(p.peek(commandMode)) != notNamed {
		p.namedBlocks(block)
		return block
	}
	body := &NamedBlock{Kind: unnamed, Unnamed: true}
	body.Traps, body.Statements = p.statements()
	body.Extent = p.extent(start)
	if unnamed == ProcessBlock {
		block.Process = body
	} else {
		block.End = body
	}
	return block
}

const notNamed BlockKind = -1

func blockKind(t token) BlockKind {
	switch t.keyword() {
	case "begin":
		return BeginBlock
	case "process":
		return ProcessBlock
	case "end":
		return EndBlock
	case "dynamicparam":
		return DynamicParamBlock
	}
	return notNamed
}

func (p *parser) namedBlocks(block *ScriptBlock) {
	for {
		p.skipSeparators()
		word := p.peek(commandMode)
		kind := blockKind(word)
		if kind == notNamed {
			p.endOfNamedBlocks(word)
			return
		}
		p.take(commandMode)
		p.skipNewlines()
		body := p.block("MissingNamedStatementBlock", "Missing statement block after '"+word.text+"'.")
		if body == nil {
			return
		}
		named := &NamedBlock{Extent: p.extent(word.start), Kind: kind, Traps: body.Traps, Statements: body.Statements}
		place := map[BlockKind]**NamedBlock{
			BeginBlock: &block.Begin, ProcessBlock: &block.Process, EndBlock: &block.End, DynamicParamBlock: &block.DynamicParam,
		}[kind]
		if *place != nil {
			p.complain(word, "DuplicateScriptCommandClause", "Script command clause '"+word.text+"' has already been defined.")
		}
		*place = named
	}
}

func (p *parser) endOfNamedBlocks(t token) {
	if t.kind != endToken && !t.is("}") && !t.is(")") {
		p.complain(t, "MissingNamedBlocks", "unexpected token '"+t.text+"', expected 'begin', 'process', 'end', or 'dynamicparam'.")
		p.stop()
	}
}

// usings reads the using statements at the head of a script.
func (p *parser) usings() []*UsingStatement {
	var list []*UsingStatement
	for {
		word := p.peek(commandMode)
		if word.keyword() != "using" {
			return list
		}
		p.take(commandMode)
		kind := p.peek(commandMode).keyword()
		if kind != "namespace" && kind != "module" && kind != "assembly" {
			p.complain(p.peek(commandMode), "MissingUsingStatementDirective", "Missing using directive")
			return list
		}
		p.take(commandMode)
		name := p.peek(commandMode)
		if name.kind != wordToken && name.kind != stringToken {
			p.complain(name, "MissingUsingItemName", "Missing using name")
			return list
		}
		p.take(commandMode)
		list = append(list, &UsingStatement{statementNode: p.since(word.start), Kind: kind, Name: name.value})
		p.skipSeparators()
	}
}

// block reads { statements }. Without an opening brace it complains with the given id
// and message and gives nil.
func (p *parser) block(id, message string) *StatementBlock {
	open := p.peek(operatorMode)
	if !open.is("{") {
		p.complain(open, id, message)
		return nil
	}
	p.take(operatorMode)
	commas := p.commas
	p.commas = commaJoins
	block := p.statementBlock(open.start)
	p.commas = commas
	p.close(open)
	block.Extent = p.extent(open.start)
	return block
}

// statementBlock reads statements up to the brace or parenthesis that closes them.
func (p *parser) statementBlock(start int) *StatementBlock {
	block := &StatementBlock{}
	if p.enter() {
		block.Traps, block.Statements = p.statements()
	}
	p.leave()
	block.Extent = p.extent(start)
	return block
}

// statements reads up to a closing brace or parenthesis or the end of the text.
func (p *parser) statements() (traps []*TrapStatement, list []Statement) {
	for {
		p.skipSeparators()
		before := p.peek(commandMode)
		if before.ends() {
			return traps, list
		}
		from := p.pos
		switch s := p.statement().(type) {
		case nil:
		case *TrapStatement:
			traps = append(traps, s)
		default:
			list = append(list, s)
		}
		if p.pos == from {
			p.complain(p.take(commandMode), "UnexpectedToken", unexpected(before))
		}
	}
}
