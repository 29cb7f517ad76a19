package powershell

import (
	"errors"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

// trap runs the trap that takes the error. When the trap ends with continue, the next
// statement follows. When it ends with break, the error goes on. Otherwise the error is
// reported first, unless a try or trap farther out takes it.
func (f *frame) trap(err error, traps []*syntax.TrapStatement) error {
	var r *raised
	if !errors.As(err, &r) || isFlow(err) {
		return err
	}
	t, terr := f.trapFor(traps, r)
	if terr != nil {
		return terr
	}
	if t == nil { // every trap is for another type: the block ends, and so do its callers
		r.final = true
		return r
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

// untrapped handles an error that the block's own traps did not settle. The error goes
// on to a try or trap farther out; when there is none, it is reported here.
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
