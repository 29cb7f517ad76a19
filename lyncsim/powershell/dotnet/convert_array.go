package dotnet

import (
	"errors"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// arrayType makes the type of arrays of an element type.
func arrayType(elem *Type) *Type {
	t := &Type{Name: elem.Name + "[]", Base: "System.Array", Elem: elem}
	t.Convert = func(e *Env, v any) (any, error) { return convertArray(e, v, t) }
	t.New = func(a *Args) (any, error) { return newArray(a, t) }
	return t
}

func convertArray(e *Env, v any, t *Type) (any, error) {
	items, ok := value.Items(v)
	if !ok {
		items = []any{v}
	}
	if t.Elem.Name == "System.Char" && !ok {
		return charArray(text(v)), nil
	}
	out := make([]any, len(items))
	for i, item := range items {
		x, err := Convert(e, item, t.Elem)
		if _, cast := errors.AsType[*CastError](err); cast && scalarNumber(v) || cast && isText(v) {
			return nil, castReason("InvalidCastExceptionScalarToArray", v, t, err.Error())
		}
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return makeArray(out, t), nil
}

func makeArray(items []any, t *Type) any {
	if t.Elem.Name != "System.Byte" {
		return value.NewArray(t.Elem.Name, items...)
	}
	b := make([]byte, len(items))
	for i, item := range items {
		b[i] = item.(uint8)
	}
	return b
}

func newArray(a *Args, t *Type) (any, error) {
	n := a.Int(0)
	if n < 0 || n > 1<<24 {
		return nil, Refuse("an array of %d elements", n)
	}
	items := make([]any, n)
	for i := range items {
		items[i] = Default(t.Elem)
		if t.Elem.Name == "System.String" {
			items[i] = nil
		}
	}
	return makeArray(items, t), nil
}

func isText(v any) bool {
	_, ok := v.(string)
	return ok
}
