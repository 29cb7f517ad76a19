package powershell

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func (f *frame) pipeline(p *syntax.Pipeline) error {
	return f.elements(p.Elements)
}

// elements runs the commands of a pipeline. It prepares all commands in order, begins
// them in order, feeds them one object at a time, and ends them in order.
func (f *frame) elements(elements []syntax.PipelineElement) error {
	first, isExpression := elements[0].(*syntax.CommandExpression)
	if isExpression && len(elements) == 1 {
		return f.expressionStatement(first)
	}
	var input any = none{}
	commands := elements
	if isExpression {
		v, err := f.evalRaw(first.Expression)
		if err != nil {
			return err
		}
		input, commands = v, elements[1:]
	}
	stages, err := f.prepare(commands, isExpression)
	if err != nil {
		f.rs.succeeded = false
		return err
	}
	line := &chain{stages: stages}
	err = line.run(input, isExpression)
	f.rs.succeeded = err == nil && !line.failed()
	return err
}

// expressionStatement puts out the value of an expression that stands alone.
func (f *frame) expressionStatement(e *syntax.CommandExpression) error {
	g := f
	if len(e.Redirections) > 0 {
		s, finish, err := f.redirect(e.Redirections, f.streams)
		if err != nil {
			return err
		}
		defer finish()
		g = f.with(s)
	}
	v, err := g.evalRaw(e.Expression)
	if err != nil {
		return err
	}
	f.rs.succeeded = true
	if isStep(e.Expression) {
		return nil
	}
	return g.put(v)
}

// isStep reports whether an expression is $i++ or the like. As a statement such an
// expression puts out nothing.
func isStep(e syntax.Expression) bool {
	u, ok := e.(*syntax.UnaryExpression)
	if !ok {
		return false
	}
	switch u.Operator {
	case syntax.PlusPlus, syntax.MinusMinus, syntax.PostfixPlusPlus, syntax.PostfixMinusMinus:
		return true
	}
	return false
}

// prepare finds the commands and binds their arguments.
func (f *frame) prepare(elements []syntax.PipelineElement, piped bool) ([]*stage, error) {
	stages := make([]*stage, len(elements))
	for i, element := range elements {
		command, ok := element.(*syntax.Command)
		if !ok {
			return nil, f.refuse("an expression behind a pipe")
		}
		s := &stage{next: f.streams[outputStream]}
		stages[i] = s
		if err := f.prepareCommand(s, command, piped || i > 0); err != nil {
			return nil, err
		}
		if i > 0 {
			stages[i-1].next = func(v any) error { return s.process(v, true) }
		}
	}
	return stages, nil
}

// prepareCommand evaluates a command's arguments, finds it and makes its runner.
func (f *frame) prepareCommand(s *stage, c *syntax.Command, piped bool) error {
	f.at = c.Span()
	streams, finish, err := f.redirect(c.Redirections, f.streams)
	if err != nil {
		return err
	}
	streams[outputStream] = func(v any) error { return s.next(v) }
	if len(c.Redirections) > 0 {
		if streams, finish, err = f.redirect(c.Redirections, streams); err != nil {
			return err
		}
	}
	target, err := f.commandTarget(c)
	if err != nil {
		return err
	}
	if f.scope.strictness() >= 2 && calledAsMethod(c) {
		return f.fail(runtimeException, "StrictModeFunctionCallWithParens", "InvalidOperation", nil,
			"The function or command was called as if it were a method. Parameters should be separated by spaces.")
	}
	args, err := f.arguments(c.Elements[1:])
	if err != nil {
		return err
	}
	s.inv = &invocation{frame: f.with(streams), at: c.Span(), stage: s, piped: piped, finish: finish}
	s.inv.called = []string{c.Name(), "&", "."}[c.Invocation]
	f.rs.commands++
	s.runner, err = f.runnerFor(s.inv, target, args, c.Invocation)
	return err
}

// calledAsMethod reports whether a command is written like a method call, F(1, 2): one
// argument in parentheses right behind the name.
func calledAsMethod(c *syntax.Command) bool {
	if len(c.Elements) != 2 {
		return false
	}
	paren, ok := c.Elements[1].(*syntax.ParenExpression)
	if !ok {
		return false
	}
	list, ok := loneExpression(paren.Pipeline)
	_, many := list.(*syntax.ArrayLiteral)
	return ok && many && c.Elements[0].Span().End == paren.Span().Start
}

// commandTarget is the name or script block that a command calls.
func (f *frame) commandTarget(c *syntax.Command) (any, error) {
	e, ok := c.Elements[0].(syntax.Expression)
	if !ok {
		return nil, f.refuse("a command without a name")
	}
	if c.Invocation == syntax.Direct {
		if name := c.Name(); name != "" {
			return name, nil
		}
	}
	v, err := f.eval(e)
	if err != nil {
		return nil, err
	}
	if list, ok := value.Items(v); ok && len(list) == 1 {
		v = list[0]
	}
	if v == nil || v == "" {
		return nil, f.fail(runtimeException, "BadExpression", "InvalidOperation", v,
			"The expression after '%s' in a pipeline element produced an object that was not valid. It must result in a command name, a script block, or a CommandInfo object.",
			[]string{"", "&", "."}[c.Invocation])
	}
	return v, nil
}
