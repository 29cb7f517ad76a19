package powershell

import (
	"errors"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/syntax"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// currentError is the variable that keeps the error of a catch for a bare throw.
const currentError = "error being handled"

func (f *frame) try(s *syntax.TryStatement) error {
	err := f.guarded(s.Body)
	var r *raised
	if errors.As(err, &r) && f.ctx.Err() == nil {
		err = f.catch(s.Catches, r)
	}
	if s.Finally == nil || isRefusal(err) {
		return err
	}
	if ferr := f.body(s.Finally); ferr != nil {
		return ferr
	}
	return err
}

// guarded runs a block whose errors go to its catches.
func (f *frame) guarded(b *syntax.StatementBlock) error {
	f.rs.tries++
	defer func() { f.rs.tries-- }()
	return f.body(b)
}

// catch runs the first clause that takes the error; without one the error goes on.
func (f *frame) catch(clauses []*syntax.CatchClause, r *raised) error {
	f.rs.remember(r.record)
	clause, err := f.clauseFor(clauses, r)
	if err != nil {
		return err
	}
	if clause == nil {
		return r
	}
	restore := f.bindItem(r.record)
	defer restore()
	old, had := f.scope.own(currentError)
	f.scope.vars[currentError] = &variable{value: r}
	defer func() {
		delete(f.scope.vars, currentError)
		if had {
			f.scope.vars[currentError] = old
		}
	}()
	return f.body(clause.Body)
}

func (f *frame) clauseFor(clauses []*syntax.CatchClause, r *raised) (*syntax.CatchClause, error) {
	for _, c := range clauses {
		if len(c.Types) == 0 {
			return c, nil
		}
		for _, constraint := range c.Types {
			yes, err := f.catches(constraint, r)
			if err != nil {
				return nil, err
			}
			if yes {
				return c, nil
			}
		}
	}
	return nil, nil
}

// catches tells whether a type names the error's exception, one of its bases, or
// the exception that the engine wrapped.
func (f *frame) catches(constraint *syntax.TypeConstraint, r *raised) (bool, error) {
	t, err := f.typeNamed(constraint.Type)
	if err != nil {
		return false, err
	}
	exception := r.record.Exception
	if dotnet.Is(exception, t) {
		return true, nil
	}
	return exception.Inner != nil && dotnet.Is(exception, dotnet.MustLookup(runtimeException)) && dotnet.Is(exception.Inner, t), nil
}

// trap runs the trap that takes the error: with continue the next statement
// follows, with break the error goes on, otherwise it is reported first.
func (f *frame) trap(err error, traps []*syntax.TrapStatement) error {
	var r *raised
	if !errors.As(err, &r) || isFlow(err) {
		return err
	}
	t, terr := f.trapFor(traps, r)
	if terr != nil {
		return terr
	}
	if t == nil {
		return f.untrapped(r)
	}
	f.rs.remember(r.record)
	g := f.in(newScope(f.scope))
	g.scope.set("_", r.record)
	berr := g.body(t.Body)
	if _, goesOn := errors.AsType[continueFlow](berr); goesOn {
		return nil
	}
	if _, leaves := errors.AsType[breakFlow](berr); leaves {
		return err
	}
	if berr != nil {
		return berr
	}
	r.thrown = false
	return f.untrapped(r)
}

// untrapped is an error that the block's own traps leave: it goes on to a try
// or trap farther out, or is reported here.
func (f *frame) untrapped(r *raised) error {
	if f.rs.tries > 1 || r.final {
		return r
	}
	return f.unhandled(r)
}

func (f *frame) trapFor(traps []*syntax.TrapStatement, r *raised) (*syntax.TrapStatement, error) {
	for _, t := range traps {
		if t.Type == nil {
			return t, nil
		}
		if yes, err := f.catches(t.Type, r); yes || err != nil {
			return t, err
		}
	}
	return nil, nil
}

func (f *frame) throw(s *syntax.ThrowStatement) error {
	if s.Value == nil {
		if v, ok := f.scope.find(currentError); ok {
			return v.value.(*raised)
		}
		return f.thrown(value.NewErrorRecord(value.NewException(runtimeException, "ScriptHalted"), "ScriptHalted", "OperationStopped", nil))
	}
	v, err := f.statementValue(s.Value)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case *value.ErrorRecord:
		return f.thrown(v)
	case *value.Exception:
		if v.Record != nil && strings.HasPrefix(v.Type, "System.Management.Automation.") {
			return f.thrown(v.Record)
		}
		return f.thrown(value.NewErrorRecord(v, v.Message, "OperationStopped", nil))
	}
	text := value.Text(v)
	return f.thrown(value.NewErrorRecord(value.NewException(runtimeException, text), text, "OperationStopped", v))
}

func (f *frame) thrown(record *value.ErrorRecord) error {
	err := f.raise(record)
	err.thrown = true
	return err
}
