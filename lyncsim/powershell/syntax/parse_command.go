package syntax

import (
	"slices"
	"strings"
)

// command reads one command. It gives nil when there is none. It has complained then
// only if & or a dot stands without a command behind it.
func (p *parser) command() *Command {
	first := p.peek(commandMode)
	command := &Command{}
	name := first
	switch {
	case first.is("&"):
		command.Invocation = CallOperator
	case first.is("."):
		command.Invocation = DotSource
	}
	if command.Invocation != Direct {
		p.take(commandMode)
		name = p.peek(commandMode)
		target := p.argument()
		if target == nil {
			p.complain(first, "MissingExpression", "Missing expression after '"+first.text+"' in pipeline element.")
			return nil
		}
		command.Elements = append(command.Elements, target)
	} else {
		if name.kind != wordToken && name.kind != parameterToken {
			return nil
		}
		p.take(commandMode)
		command.Elements = append(command.Elements, p.commandName(name))
	}
	p.commandElements(command)
	command.statementNode = p.since(first.start)
	return command
}

// commandName makes the name of a command from its first word. Variables in it are not
// expanded.
func (p *parser) commandName(t token) Expression {
	value := t.value
	if t.kind == parameterToken || t.pieces != nil {
		value = strings.ReplaceAll(t.text, `"`, "")
	}
	return &StringConstantExpression{p.value(t.start), BareWord, value}
}

// commandElements reads arguments, parameters and redirections.
func (p *parser) commandElements(command *Command) {
	onlyWords := false // true behind the parameter --
	for {
		t := p.peek(commandMode)
		switch {
		case t.ends() || t.is("|") || t.is("||") || t.is("&&") || t.is("&"):
			return
		case t.kind == redirectToken || t.is("<"):
			if redirection := p.redirection(commandMode); redirection != nil {
				command.Redirections = p.redirected(command.Redirections, redirection)
			}
		case t.kind == wordToken && t.text == "--" && !onlyWords:
			p.take(commandMode)
			onlyWords = true
			command.Elements = append(command.Elements, &CommandParameter{Extent: p.extent(t.start), Name: "-"})
		case t.kind == wordToken && t.text == "--%":
			p.take(commandMode)
			command.Elements = append(command.Elements, p.commandName(t))
			if rest := p.verbatim(); rest != nil {
				command.Elements = append(command.Elements, rest)
			}
		case t.kind == parameterToken && !onlyWords:
			command.Elements = append(command.Elements, p.commandParameter())
		default:
			element := p.arguments()
			if element == nil {
				p.complain(p.take(commandMode), "MissingArgument", "Missing argument in parameter list.")
				continue
			}
			command.Elements = append(command.Elements, element)
		}
	}
}

// verbatim takes the rest of the line behind --% as text. It stops before | or && outside
// of double quotes.
func (p *parser) verbatim() Expression {
	start := p.pos
	for start < len(p.text) && isBlank(rune(p.text[start])) {
		start++
	}
	stop, quoted := start, false
	for ; stop < len(p.text) && !isLineEnd(rune(p.text[stop])); stop++ {
		if p.text[stop] == '"' {
			quoted = !quoted
		}
		if !quoted && (p.text[stop] == '|' || strings.HasPrefix(p.text[stop:], "&&")) {
			break
		}
	}
	p.pos, p.last = stop, stop
	if start == stop {
		return nil
	}
	return &StringConstantExpression{p.value(start), BareWord, p.text[start:stop]}
}

// commandParameter reads -Name or -Name:argument.
func (p *parser) commandParameter() *CommandParameter {
	t := p.take(commandMode)
	parameter := &CommandParameter{Name: t.value}
	if t.colon {
		parameter.Argument = p.arguments()
		if parameter.Argument == nil {
			p.complain(t, "ParameterRequiresArgument", "Parameter "+t.text+" requires an argument.")
		}
	}
	parameter.Extent = p.extent(t.start)
	return parameter
}

// arguments reads one argument, or an array of arguments with commas between them.
func (p *parser) arguments() Expression {
	first := p.argument()
	if first == nil || !p.peek(commandMode).is(",") {
		return first
	}
	start := first.Span().Start
	list := []Expression{first}
	for comma := p.peek(commandMode); comma.is(","); comma = p.peek(commandMode) {
		p.take(commandMode)
		p.skipNewlines()
		next := p.argument()
		if next == nil {
			p.complain(comma, "MissingExpression", "Missing expression after ',' in pipeline element.")
			break
		}
		list = append(list, next)
	}
	for _, element := range list {
		if v, ok := element.(*VariableExpression); ok && v.Splatted {
			p.complainAt(v.Extent, "SplattingNotPermittedInArgumentList", "Splatted variables like '@"+v.Name+"' cannot be part of a comma-separated list of arguments.")
		}
	}
	return &ArrayLiteral{p.value(start), list}
}

// argument reads one argument of a command, nil if there is none.
func (p *parser) argument() Expression {
	t := p.peek(commandMode)
	switch t.kind {
	case wordToken:
		p.take(commandMode)
		if t.pieces != nil {
			return p.expandable(t)
		}
		return &StringConstantExpression{p.value(t.start), BareWord, t.value}
	case parameterToken:
		p.take(commandMode)
		return &StringConstantExpression{p.value(t.start), BareWord, t.text}
	case numberToken, stringToken, expandableToken, variableToken, splatToken:
		return p.primary(commandMode)
	case symbolToken:
		switch t.text {
		case "(", "$(", "@(", "@{", "{":
			return p.primary(commandMode)
		case ".":
			p.take(commandMode)
			return &StringConstantExpression{p.value(t.start), BareWord, "."}
		}
	}
	return nil
}

// redirected adds a redirection to a list that is kept in the order of the streams. It
// complains when the list has one for the same stream already.
func (p *parser) redirected(list []Redirection, r Redirection) []Redirection {
	at := len(list)
	for i, have := range list {
		switch {
		case streamOf(have) == streamOf(r):
			p.complainAt(r.Span(), "StreamAlreadyRedirected", "The "+streamOf(r).String()+" stream for this command is already redirected.")
			return list
		case streamOf(have) > streamOf(r):
			at = min(at, i)
		}
	}
	return slices.Insert(list, at, r)
}

func streamOf(r Redirection) Stream {
	switch r := r.(type) {
	case *FileRedirection:
		return r.From
	case *MergingRedirection:
		return r.From
	}
	return OutputStream
}

// redirection reads one redirection with its target.
func (p *parser) redirection(m mode) Redirection {
	t := p.take(m)
	if t.is("<") {
		p.complain(t, "RedirectionNotSupported", "The '<' operator is reserved for future use.")
		return nil
	}
	sign := strings.TrimLeft(t.text, "*0123456789")
	from := OutputStream
	switch stream := strings.TrimSuffix(t.text[:len(t.text)-len(sign)], ">"); {
	case stream == "*":
		from = AllStreams
	case stream != "":
		from = Stream(stream[0] - '0')
	}
	if sign == ">&2" {
		p.complain(t, "RedirectionNotSupported", "The '"+t.text+"' operator is reserved for future use.")
		return nil
	}
	if to, merging := strings.CutPrefix(sign, ">&"); merging {
		return &MergingRedirection{p.extent(t.start), from, Stream(to[0] - '0')}
	}
	target := p.argument()
	if target == nil {
		p.complain(t, "MissingFileSpecification", "Missing file specification after redirection operator.")
		return nil
	}
	return &FileRedirection{p.extent(t.start), from, sign == ">>", target}
}
