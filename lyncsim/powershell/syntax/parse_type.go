package syntax

import "strings"

// bracket is the node of a bracket that was read, and the offset of its end.
type bracket struct {
	node AttributeNode
	end  int
}

// bracket reads [type] or [Attribute(…)]. It gives nil after a complaint. It remembers
// each bracket, so that a second call at the same place does not read it again.
func (p *parser) bracket() AttributeNode {
	open := p.peek(operandMode)
	if known, ok := p.brackets[open.start]; ok && known.node.Span().Source == p.source {
		p.pos, p.last = known.end, known.end
		return known.node
	}
	node := p.readBracket()
	if node != nil {
		p.brackets[open.start] = bracket{node, p.pos}
	}
	return node
}

func (p *parser) readBracket() AttributeNode {
	defer p.leave()
	if !p.enter() {
		return nil
	}
	open := p.take(operandMode)
	p.skipNewlines()
	name := p.typeName()
	if name == nil {
		p.complain(p.peek(operandMode), "MissingTypename", "Missing type name after '['.")
		return nil
	}
	p.skipNewlines()
	if p.peek(operatorMode).is("(") {
		return p.attribute(open, name)
	}
	if p.accept(",") {
		name.Assembly = p.assemblyName()
		if name.Assembly == "" {
			p.complain(p.peek(operatorMode), "MissingAssemblyNameSpecification", "Incomplete type literal: the assembly name is missing after ','.")
		}
	}
	p.expect("]", "EndSquareBracketExpectedAtEndOfAttribute", "Missing ] at end of attribute or type literal.")
	return &TypeConstraint{p.extent(open.start), name}
}

// typeName reads a name with generic arguments and array ranks, nil if none.
func (p *parser) typeName() *TypeName {
	depth := p.depth
	defer func() { p.depth = depth }()
	start := p.peek(operandMode).start
	s := scan{lexer: p.lexer, pos: start}
	s.skip(isTypeNamePart)
	if s.pos == start || isDigit(p.firstOf(token{start: start})) {
		return nil
	}
	p.pos, p.last = s.pos, s.pos
	name := &TypeName{Extent: p.extent(start), Name: p.text[start:s.pos]}
	for p.peek(operatorMode).is("[") && p.enter() {
		name = p.typeSuffix(name)
	}
	return name
}

func isTypeNamePart(r rune) bool {
	return isNamePart(r) || strings.ContainsRune(".`+#\\", r)
}

// typeSuffix reads an array's [] or [,], or generic arguments.
func (p *parser) typeSuffix(name *TypeName) *TypeName {
	p.take(operatorMode)
	p.skipNewlines()
	if t := p.peek(operatorMode); t.is("]") || t.is(",") {
		rank := 1
		for p.accept(",") {
			rank++
		}
		p.closeType()
		return &TypeName{Extent: p.extent(name.Start), Element: name, Rank: rank}
	}
	for {
		argument := p.typeArgument()
		if argument == nil {
			p.complain(p.peek(operatorMode), "MissingTypename", "Missing type name after '['.")
			break
		}
		name.Arguments = append(name.Arguments, argument)
		p.skipNewlines()
		if !p.accept(",") {
			break
		}
		p.skipNewlines()
	}
	p.closeType()
	name.Extent = p.extent(name.Start)
	return name
}

// typeArgument reads a generic argument. When it stands in brackets of its own, the name
// of an assembly may follow it.
func (p *parser) typeArgument() *TypeName {
	if !p.accept("[") {
		return p.typeName()
	}
	p.skipNewlines()
	name := p.typeName()
	if name != nil && p.accept(",") {
		name.Assembly = p.assemblyName()
	}
	p.closeType()
	return name
}

func (p *parser) closeType() {
	p.skipNewlines()
	p.expect("]", "EndSquareBracketExpectedAtEndOfType", "Missing ] at end of type token.")
}

// assemblyName takes the text before the closing bracket.
func (p *parser) assemblyName() string {
	length := strings.IndexAny(p.text[p.pos:], "]\r\n")
	if length < 0 {
		length = len(p.text) - p.pos
	}
	name := strings.TrimSpace(p.text[p.pos : p.pos+length])
	p.step(length)
	return name
}
