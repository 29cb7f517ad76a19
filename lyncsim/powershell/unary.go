package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// unary evaluates an operator with one operand.
func (f *frame) unary(e *syntax.UnaryExpression) (any, error) {
	switch e.Operator {
	case syntax.PlusPlus, syntax.MinusMinus, syntax.PostfixPlusPlus, syntax.PostfixMinusMinus:
		return f.step(e)
	}
	v, err := f.eval(e.Operand)
	if err != nil {
		return nil, err
	}
	switch e.Operator {
	case syntax.Not, syntax.Exclaim:
		return !value.Truth(v), nil
	case syntax.Minus:
		return f.arithmetic(syntax.Minus, int32(0), v)
	case syntax.Plus:
		return f.add(int32(0), v)
	case syntax.Join:
		return join(v, ""), nil
	case syntax.Isplit, syntax.Csplit:
		return f.splitBlanks(v), nil
	case syntax.Bnot:
		return f.complement(v)
	}
	return nil, f.refuse("the operator " + string(e.Operator))
}

// step is ++ and --, before or behind a variable or property. Used as a statement, the
// operator puts out nothing.
func (f *frame) step(e *syntax.UnaryExpression) (any, error) {
	old, err := f.eval(e.Operand)
	if err != nil {
		return nil, err
	}
	operator, postfix := syntax.Plus, e.Operator == syntax.PostfixPlusPlus || e.Operator == syntax.PostfixMinusMinus
	if e.Operator == syntax.MinusMinus || e.Operator == syntax.PostfixMinusMinus {
		operator = syntax.Minus
	}
	if old == nil {
		old = int32(0)
	}
	if !value.IsNumber(old) {
		return nil, f.fail(runtimeException, "OperatorRequiresNumber", "InvalidOperation", nil,
			"The '%s' operator works only on numbers. The operand is a '%s'.", strings.Repeat(string("+-"[b2i(operator == syntax.Minus)]), 2), value.TypeName(old))
	}
	v, err := f.operate(operator, old, int32(1))
	if err != nil {
		return nil, err
	}
	if err := f.store(e.Operand, v); err != nil {
		return nil, err
	}
	if postfix {
		return old, nil
	}
	return v, nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
