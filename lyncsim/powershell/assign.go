package powershell

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var compound = map[syntax.AssignmentOperator]syntax.Operator{
	syntax.PlusEquals: syntax.Plus, syntax.MinusEquals: syntax.Minus, syntax.MultiplyEquals: syntax.Multiply,
	syntax.DivideEquals: syntax.Divide, syntax.RemainderEquals: syntax.Rem,
}

// assign runs an assignment and gives the value that was assigned.
func (f *frame) assign(s *syntax.AssignmentStatement) (any, error) {
	v, err := f.rawValue(s.Right)
	if err != nil {
		return nil, err
	}
	if operator, ok := compound[s.Operator]; ok {
		g := *f
		if _, ok := s.Left.(*syntax.VariableExpression); ok {
			g.fresh = true
		}
		old, err := g.eval(s.Left)
		if err != nil {
			return nil, err
		}
		if v, err = f.operate(operator, old, plain(v)); err != nil {
			return nil, err
		}
	}
	if err := f.store(s.Left, v); err != nil {
		return nil, err
	}
	f.rs.succeeded = true
	return v, nil
}

// store puts a value where the left side of an assignment points.
func (f *frame) store(target syntax.Expression, v any) error {
	switch t := target.(type) {
	case *syntax.VariableExpression:
		return f.assignVariable(t, v)
	case *syntax.ConvertExpression:
		return f.storeTyped(t, plain(v))
	case *syntax.AttributedExpression:
		return f.storeAttributed(t, plain(v))
	case *syntax.MemberExpression:
		return f.storeMember(t, plain(v))
	case *syntax.IndexExpression:
		return f.storeIndex(t, plain(v))
	case *syntax.ArrayLiteral:
		return f.storeEach(t.Elements, plain(v))
	case *syntax.ParenExpression:
		if e, ok := loneExpression(t.Pipeline); ok {
			return f.store(e, v)
		}
	}
	return f.refuse("assignment to " + target.Span().Text())
}

// storeEach is $a, $b = …. Each target takes one value; the last target takes all
// values that are left.
func (f *frame) storeEach(targets []syntax.Expression, v any) error {
	items := value.Unroll(v)
	for i, target := range targets {
		var item any
		switch {
		case i == len(targets)-1 && len(items) > len(targets):
			item = append([]any(nil), items[i:]...)
		case i < len(items):
			item = items[i]
		}
		if err := f.store(target, item); err != nil {
			return err
		}
	}
	return nil
}
