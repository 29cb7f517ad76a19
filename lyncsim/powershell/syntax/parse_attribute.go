package syntax

// attribute reads the arguments of an attribute whose name was read.
func (p *parser) attribute(open token, name *TypeName) AttributeNode {
	p.take(operatorMode)
	commas := p.commas
	p.commas = commaEnds
	defer func() { p.commas = commas }()
	attribute := &Attribute{Name: name}
	p.skipNewlines()
	for p.attributeArgument(attribute) {
		p.skipNewlines()
		comma := p.peek(operatorMode)
		if !p.accept(",") {
			break
		}
		p.skipNewlines()
		if p.peek(operatorMode).is(")") {
			p.complain(comma, "MissingExpressionAfterToken", "Missing expression after ','.")
		}
	}
	p.skipNewlines()
	p.expect(")", "MissingEndParenthesisInExpression", "Missing closing ')' in expression.")
	p.skipNewlines()
	p.expect("]", "EndSquareBracketExpectedAtEndOfAttribute", "Missing ] at end of attribute or type literal.")
	attribute.Extent = p.extent(open.start)
	return attribute
}

// attributeArgument reads Name, Name = value or value. It reports false when it found
// no complete argument.
func (p *parser) attributeArgument(attribute *Attribute) bool {
	word := p.peek(operandMode)
	if word.kind != wordToken {
		value := p.expression()
		if value == nil {
			return false
		}
		attribute.Positional = append(attribute.Positional, value)
		return true
	}
	p.take(operandMode)
	named := &NamedAttributeArgument{Name: word.value}
	p.skipNewlines()
	if equals := p.peek(operatorMode); equals.is("=") {
		p.take(operatorMode)
		p.skipNewlines()
		named.Value = p.expression()
		if named.Value == nil {
			p.complain(equals, "MissingExpressionInNamedArgument", "Missing statement after '=' in named argument.")
			return false
		}
	} else {
		named.Omitted = true
		named.Value = &ConstantExpression{p.value(word.start), true}
	}
	named.Extent = p.extent(word.start)
	attribute.Named = append(attribute.Named, named)
	return true
}
