package syntax

// paramBlock reads [attributes] param(…). Without param it takes nothing and gives nil.
// The brackets that it has read by then begin an expression. The parser remembers them
// and does not read them again.
func (p *parser) paramBlock() *ParamBlock {
	start := p.pos
	startLast := p.last
	var attributes []AttributeNode
	first := p.peek(operandMode)
	for p.peek(operandMode).is("[") {
		attribute := p.bracket()
		if attribute == nil {
			break
		}
		attributes = append(attributes, attribute)
		p.skipNewlines()
	}
	word := p.peek(commandMode)
	if word.keyword() != "param" {
		p.pos, p.last = start, startLast
		return nil
	}
	if len(attributes) == 0 {
		first = word
	}
	p.take(commandMode)
	p.skipNewlines()
	block := &ParamBlock{Attributes: attributes}
	if p.expect("(", "MissingOpenParenthesisAfterKeyword", "Missing opening '(' after keyword 'param'.") {
		block.Parameters = p.parameters()
	}
	block.Extent = p.extent(first.start)
	return block
}

// parameters reads a list of parameters behind its opening parenthesis.
func (p *parser) parameters() []*Parameter {
	commas := p.commas
	p.commas = commaEnds
	defer func() { p.commas = commas }()
	var list []*Parameter
	for {
		p.skipNewlines()
		parameter := p.parameter()
		if parameter == nil {
			break
		}
		list = append(list, parameter)
		p.skipNewlines()
		if !p.accept(",") {
			break
		}
		p.skipNewlines()
		if next := p.peek(operandMode); !next.is("[") && next.kind != variableToken {
			p.complain(next, "MissingExpressionAfterToken", "Missing expression after ','.")
		}
	}
	p.expect(")", "MissingEndParenthesisInFunctionParameterList", "Missing ')' in function parameter list.")
	return list
}

func (p *parser) parameter() *Parameter {
	start := p.peek(operandMode)
	parameter := &Parameter{}
	for p.peek(operandMode).is("[") {
		attribute := p.bracket()
		if attribute == nil {
			return nil
		}
		parameter.Attributes = append(parameter.Attributes, attribute)
		p.skipNewlines()
	}
	name := p.peek(operandMode)
	if name.kind != variableToken {
		if len(parameter.Attributes) > 0 {
			p.complain(name, "InvalidFunctionParameter", "Parameter declarations are a comma-separated list of variable names with optional initializer expressions.")
		}
		return nil
	}
	p.take(operandMode)
	parameter.Name = p.variableNode(name)
	p.skipNewlines()
	if equals := p.peek(operatorMode); equals.is("=") {
		p.take(operatorMode)
		p.skipNewlines()
		parameter.Default = p.expression()
		if parameter.Default == nil {
			p.complain(equals, "MissingExpressionAfterToken", "Missing expression after '='.")
		}
	}
	parameter.Extent = p.extent(start.start)
	return parameter
}
