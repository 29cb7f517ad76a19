package powershell

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// index is $x[i]: one element, or with several indexes an array of elements.
func (f *frame) index(e *syntax.IndexExpression) (any, error) {
	target, err := f.eval(e.Target)
	if err != nil {
		return nil, err
	}
	at, err := f.eval(e.Index)
	if err != nil {
		return nil, err
	}
	if target == nil {
		return nil, f.fail(runtimeException, "NullArray", "InvalidOperation", nil, "Cannot index into a null array.")
	}
	if h, ok := target.(*value.Hashtable); ok {
		return f.entry(h, at)
	}
	many, ok := value.Items(at)
	if !ok {
		return f.element(target, at)
	}
	out := []any{}
	for _, i := range many {
		v, err := f.element(target, i)
		if err != nil {
			return nil, err
		}
		if v != nil || f.inside(target, i) {
			out = append(out, v)
		}
	}
	return out, nil
}

func (f *frame) inside(target, at any) bool {
	i, ok := value.ToInt(at)
	n := int64(len(value.Unroll(target)))
	return ok && i < n && i >= -n
}

// entry reads an entry of a table. In an [ordered] table an integer is a position.
func (f *frame) entry(h *value.Hashtable, at any) (any, error) {
	if at == nil {
		return nil, f.fail(runtimeException, "NullArrayIndex", "InvalidOperation", nil, "Index operation failed; the array index evaluated to null.")
	}
	if keys, ok := value.Items(at); ok {
		out := []any{}
		for _, k := range keys {
			v, _ := h.Get(k)
			out = append(out, v)
		}
		return out, nil
	}
	if i, ok := at.(int32); ok && h.Ordered {
		v, _ := h.At(int(i))
		return v, nil
	}
	v, _ := h.Get(at)
	return v, nil
}

// element is one element of an array, list or text. An index outside of it gives $null.
func (f *frame) element(target, at any) (any, error) {
	if at == nil && isCollection(target) {
		return nil, f.fail(runtimeException, "NullArrayIndex", "InvalidOperation", nil, "Index operation failed; the array index evaluated to null.")
	}
	i, ok := value.ToInt(at)
	if s, isText := target.(string); isText && ok {
		c := dotnet.CharAt(s, int(i))
		if c == nil && f.scope.strictness() >= 3 {
			return nil, f.outOfRange(at)
		}
		return c, nil
	}
	if x, ok := target.(dotnet.Indexed); ok {
		if v, found := x.Item(at); found {
			return v, nil
		}
	}
	items, isList := value.Items(target)
	if !isList {
		return f.scalarElement(target, i, ok)
	}
	if _, isText := at.(string); !ok && isText {
		return nil, nil
	}
	if !ok {
		return nil, f.castFailure(at)
	}
	if i < 0 {
		i += int64(len(items))
	}
	if i < 0 || i >= int64(len(items)) {
		if f.scope.strictness() >= 3 {
			return nil, f.outOfRange(at)
		}
		return nil, nil
	}
	return items[i], nil
}

// scalarElement is the element of a single value, which counts as an array of one value.
func (f *frame) scalarElement(target any, i int64, ok bool) (any, error) {
	if _, isObject := target.(*value.Object); !ok || isObject && i != 0 && i != -1 {
		return nil, f.fail(runtimeException, "CannotIndex", "InvalidOperation", target,
			"Unable to index into an object of type %s.", value.TypeName(target))
	}
	if i == 0 || i == -1 {
		return target, nil
	}
	return nil, nil
}

func (f *frame) castFailure(at any) error {
	_, err := f.cast(at, dotnet.MustLookup("int"))
	return err
}
