package powershell

import (
	"errors"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// block runs statements with their traps.
func (f *frame) block(statements []syntax.Statement, traps []*syntax.TrapStatement) error {
	if len(traps) > 0 {
		f.rs.tries++
		defer func() { f.rs.tries-- }()
	}
	for _, s := range statements {
		err := f.statement(s)
		if err != nil && len(traps) > 0 {
			err = f.trap(err, traps)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *frame) body(b *syntax.StatementBlock) error {
	if b == nil {
		return nil
	}
	return f.block(b.Statements, b.Traps)
}

// statement runs one statement. When no try or trap block encloses the statement, a
// terminating error is reported here and the next statement runs.
func (f *frame) statement(s syntax.Statement) error {
	if err := f.ctx.Err(); err != nil {
		return err
	}
	f.at, f.rs.current = s.Span(), f.scope
	f.rs.at = f.at
	err := f.raising(f.execute(s))
	var r *raised
	if !errors.As(err, &r) {
		return err
	}
	f.rs.succeeded = false
	if f.rs.tries > 0 || r.final {
		return err
	}
	return f.unhandled(r)
}

// unhandled handles an error that no try block encloses, as $ErrorActionPreference asks.
func (f *frame) unhandled(r *raised) error {
	switch action := f.preference("ErrorActionPreference"); action {
	case actionStop, actionInquire:
		r.final = true
		return r
	case actionIgnore:
		return nil
	case actionSilent:
		f.inv.keep(errorStream, r.record)
		f.rs.remember(r.record)
		return nil
	}
	if r.thrown || f.rs.named != "" {
		r.final = true
		return r
	}
	return f.report(r.record)
}

// report puts a record into $Error and onto the error stream.
func (f *frame) report(record *value.ErrorRecord) error {
	f.inv.keep(errorStream, record)
	f.rs.remember(record)
	return f.streams[errorStream](record)
}

// remember puts a record at the front of $Error, once.
func (rs *Runspace) remember(record *value.ErrorRecord) {
	items := rs.errors.Items()
	if len(items) > 0 && items[0] == any(record) {
		return
	}
	items = append([]any{record}, items...)
	rs.errors.Replace(items[:min(len(items), 256)])
}

func (f *frame) execute(s syntax.Statement) error {
	switch s := s.(type) {
	case *syntax.Pipeline:
		return f.pipeline(s)
	case *syntax.Command, *syntax.CommandExpression:
		return f.elements([]syntax.PipelineElement{s.(syntax.PipelineElement)})
	case *syntax.AssignmentStatement:
		_, err := f.assign(s)
		return err
	case *syntax.IfStatement:
		return f.ifStatement(s)
	case *syntax.TryStatement:
		return f.try(s)
	case *syntax.FunctionDefinition:
		f.defineFunction(s)
		return nil
	case *syntax.TrapStatement:
		return nil
	}
	if err, ok := f.jump(s); ok {
		return err
	}
	return f.loop(s)
}

func (f *frame) ifStatement(s *syntax.IfStatement) error {
	for _, clause := range s.Clauses {
		yes, err := f.condition(clause.Condition)
		if err != nil {
			return err
		}
		if yes {
			return f.body(clause.Body)
		}
	}
	return f.body(s.Else)
}

// condition is the truth of a statement's output.
func (f *frame) condition(s syntax.Statement) (bool, error) {
	v, err := f.statementValue(s)
	return value.Truth(v), err
}

// statementValue is the output of a statement as one value.
func (f *frame) statementValue(s syntax.Statement) (any, error) {
	v, err := f.rawValue(s)
	return plain(v), err
}

// rawValue is statementValue, except that "no output" (the value none) stays distinct
// from $null. An expression that stands alone keeps its value whole: an array stays the
// same array.
func (f *frame) rawValue(s syntax.Statement) (any, error) {
	if e, ok := loneExpression(s); ok {
		f.rs.succeeded = true
		return f.evalRaw(e)
	}
	if a, ok := s.(*syntax.AssignmentStatement); ok {
		return f.assign(a)
	}
	items, err := f.collect(func(g *frame) error { return g.execute(s) })
	return fold(items), err
}

// loneExpression is the expression of a pipeline that consists of nothing else.
func loneExpression(s syntax.Statement) (syntax.Expression, bool) {
	if p, ok := s.(*syntax.Pipeline); ok && len(p.Elements) == 1 {
		s = p.Elements[0]
	}
	e, ok := s.(*syntax.CommandExpression)
	if !ok || len(e.Redirections) > 0 {
		return nil, false
	}
	return e.Expression, true
}
