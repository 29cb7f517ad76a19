package powershell

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// eval is the value of an expression.
func (f *frame) eval(e syntax.Expression) (any, error) {
	v, err := f.evalRaw(e)
	return plain(v), err
}

// evalRaw is eval, except that "no output" (the value none) stays distinct from $null.
func (f *frame) evalRaw(e syntax.Expression) (any, error) {
	switch e := e.(type) {
	case *syntax.ConstantExpression:
		return constant(e)
	case *syntax.StringConstantExpression:
		return e.Value, nil
	case *syntax.ExpandableStringExpression:
		return f.expand(e)
	case *syntax.VariableExpression:
		return f.variable(e)
	case *syntax.ParenExpression:
		return f.paren(e)
	case *syntax.SubExpression:
		items, err := f.collect(func(g *frame) error { return g.body(e.Body) })
		return fold(items), err
	case *syntax.ArrayExpression:
		return f.arrayOf(e)
	case *syntax.ArrayLiteral:
		return f.arrayLiteral(e)
	case *syntax.Hashtable:
		return f.hashtable(e, value.NewHashtable())
	case *syntax.ScriptBlockExpression:
		return &ScriptBlock{ast: e.Body}, nil
	case *syntax.TypeExpression:
		return f.typeNamed(e.Type)
	}
	return f.evalOperation(e)
}

// evalOperation evaluates the expressions that have other expressions as operands.
func (f *frame) evalOperation(e syntax.Expression) (any, error) {
	switch e := e.(type) {
	case *syntax.MemberExpression:
		return f.member(e)
	case *syntax.InvokeMemberExpression:
		return f.callMember(e)
	case *syntax.IndexExpression:
		return f.index(e)
	case *syntax.ConvertExpression:
		return f.convert(e)
	case *syntax.UnaryExpression:
		return f.unary(e)
	case *syntax.BinaryExpression:
		return f.binary(e)
	case *syntax.AttributedExpression:
		return nil, f.refuse("attributes on expressions")
	}
	return nil, f.refuse(strings.TrimPrefix(fmt.Sprintf("%T", e), "*syntax."))
}

func constant(e *syntax.ConstantExpression) (any, error) {
	if digits, ok := e.Value.(syntax.Decimal); ok {
		d, _ := value.NewDecimal(string(digits))
		return d, nil
	}
	return e.Value, nil
}

// expand puts the parts of a string with variables together.
func (f *frame) expand(e *syntax.ExpandableStringExpression) (any, error) {
	var b strings.Builder
	for _, part := range e.Parts {
		if part.Expression == nil {
			b.WriteString(part.Literal)
			continue
		}
		g := f
		if _, ok := part.Expression.(*syntax.VariableExpression); ok {
			inText := *f
			inText.lenient = true
			g = &inText
		}
		v, err := g.eval(part.Expression)
		if err != nil {
			return nil, err
		}
		b.WriteString(f.text(v))
	}
	return b.String(), nil
}

// text is a value inside a string: collections are joined by $OFS.
func (f *frame) text(v any) string {
	separator := " "
	if ofs, ok := f.scope.find("OFS"); ok {
		separator = value.Text(ofs.value)
	}
	return value.TextWith(v, separator)
}

func (f *frame) paren(e *syntax.ParenExpression) (any, error) {
	switch s := e.Pipeline.(type) {
	case *syntax.AssignmentStatement:
		return f.assign(s)
	default:
		return f.rawValue(s)
	}
}

// arrayOf is @(…): always a new Object[], however much its statements put out.
func (f *frame) arrayOf(e *syntax.ArrayExpression) (any, error) {
	run := func(g *frame) error { return g.body(e.Body) }
	if len(e.Body.Statements) == 1 && len(e.Body.Traps) == 0 {
		if _, ok := loneExpression(e.Body.Statements[0]); ok { // its error is that of the whole statement
			run = func(g *frame) error { return g.execute(e.Body.Statements[0]) }
		}
	}
	items, err := f.collect(run)
	if err != nil {
		return nil, err
	}
	return items, nil
}

func (f *frame) arrayLiteral(e *syntax.ArrayLiteral) (any, error) {
	items := make([]any, len(e.Elements))
	for i, element := range e.Elements {
		v, err := f.eval(element)
		if err != nil {
			return nil, err
		}
		items[i] = v
	}
	return items, nil
}

// hashtable fills a table with the entries of a literal.
func (f *frame) hashtable(e *syntax.Hashtable, h *value.Hashtable) (any, error) {
	for _, entry := range e.Entries {
		key, err := f.hashKey(entry.Key)
		if err != nil {
			return nil, err
		}
		if _, twice := h.Get(key); twice {
			return nil, f.fail(runtimeException, "DuplicateKeyInHashLiteral", "InvalidOperation", key,
				"Duplicate keys '%s' are not allowed in hash literals.", value.Text(key))
		}
		v, err := f.statementValue(entry.Value)
		if err != nil {
			return nil, err
		}
		h.Set(key, v)
	}
	return h, nil
}

func (f *frame) hashKey(e syntax.Expression) (any, error) {
	key, err := f.eval(e)
	if err == nil && key == nil {
		err = f.fail(runtimeException, "NullKeyInHashLiteral", "InvalidOperation", nil, "Null keys are not allowed in hash literals.")
	}
	return key, err
}
