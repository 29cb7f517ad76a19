package powershell

import (
	"context"
	"errors"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

// currentError is the variable that keeps the error which a catch handles. A throw
// without an operand throws it again.
const currentError = "error being handled"

func (f *frame) try(s *syntax.TryStatement) error {
	err := f.guarded(s.Body)
	var r *raised
	if errors.As(err, &r) && f.ctx.Err() == nil {
		err = f.catch(s.Catches, r)
	}
	process := f.rs.options.Process
	if s.Finally == nil || isRefusal(err) || process.Err() != nil {
		return err
	}
	// A stopped pipeline still runs its finally blocks; a killed process runs nothing.
	last := *f
	ctx, kill := context.WithCancel(context.WithoutCancel(f.ctx))
	defer kill()
	defer context.AfterFunc(process, kill)()
	last.ctx = ctx
	if ferr := last.body(s.Finally); ferr != nil {
		return ferr
	}
	return err
}

// guarded runs a block inside a try statement, so that its errors are not reported but
// returned.
func (f *frame) guarded(b *syntax.StatementBlock) error {
	f.rs.tries++
	defer func() { f.rs.tries-- }()
	return f.body(b)
}

// catch runs the first clause that takes the error. When no clause takes it, the error
// goes on.
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
	defer f.scope.replace(currentError, r)()
	return f.guarded(clause.Body) // an error in it ends the whole try statement
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

// catches reports whether a catch for the type takes the error. It does when the type
// is that of the error's exception, one of its base types, or the type of the
// exception that the engine wrapped.
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
