package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// storeMember is $x.Name = v.
func (f *frame) storeMember(e *syntax.MemberExpression, v any) error {
	target, err := f.eval(e.Target)
	if err != nil {
		return err
	}
	name, err := f.memberName(e.Member)
	if err != nil {
		return err
	}
	if e.Static {
		t, ok := target.(*dotnet.Type)
		if !ok {
			return f.refuse("static assignment to " + value.TypeName(target))
		}
		return f.raising(dotnet.Set(f.rs.env, t, nil, name, v))
	}
	return f.setProperty(target, name, v)
}

// setProperty writes a property of an object or an entry of a table.
func (f *frame) setProperty(target any, name string, v any) error {
	switch t := target.(type) {
	case nil:
		return f.fail(runtimeException, "PropertyNotFound", "InvalidOperation", nil,
			"The property '%s' cannot be found on this object. Verify that the property exists and can be set.", name)
	case *value.Hashtable:
		t.Set(name, v)
		return nil
	case *value.Object:
		if _, ok := t.Get(name); ok {
			t.Set(name, v)
			return nil
		}
		return f.fail(setValueException, "ExceptionWhenSetting", "NotSpecified", nil, "Exception setting \"%s\": \"%s\"", name,
			"The property '"+name+"' cannot be found on this object. Verify that the property exists and can be set.")
	}
	return f.raising(dotnet.Set(f.rs.env, dotnet.TypeOf(target), target, name, v))
}

// storeIndex is $x[i] = v.
func (f *frame) storeIndex(e *syntax.IndexExpression, v any) error {
	target, err := f.eval(e.Target)
	if err != nil {
		return err
	}
	at, err := f.eval(e.Index)
	if err != nil {
		return err
	}
	switch t := target.(type) {
	case nil:
		return f.fail(runtimeException, "NullArray", "InvalidOperation", nil, "Cannot index into a null array.")
	case *value.Hashtable:
		return f.storeEntry(t, at, v)
	case []any:
		i, err := f.position(at, len(t))
		if err == nil {
			t[i] = v
		}
		return err
	case []byte:
		return f.storeByte(t, at, v)
	case *value.List:
		return f.storeElement(t, at, v)
	}
	return f.refuse("assignment to an element of " + strings.TrimPrefix(value.TypeName(target), "System."))
}

func (f *frame) storeEntry(t *value.Hashtable, at, v any) error {
	if at == nil {
		return f.fail(runtimeException, "NullArrayIndex", "InvalidOperation", nil, "Index operation failed; the array index evaluated to null.")
	}
	if i, ok := at.(int32); ok && t.Ordered {
		keys := t.Keys()
		if int(i) < 0 || int(i) >= len(keys) {
			return f.outOfRange(at)
		}
		at = keys[i]
	}
	t.Set(at, v)
	return nil
}

func (f *frame) storeByte(t []byte, at, v any) error {
	i, err := f.position(at, len(t))
	if err != nil {
		return err
	}
	b, err := f.cast(v, dotnet.MustLookup("byte"))
	if err == nil {
		t[i] = b.(uint8)
	}
	return err
}

func (f *frame) storeElement(t *value.List, at, v any) error {
	i, err := f.position(at, t.Len())
	if err != nil {
		return err
	}
	if t.Elem != "" {
		elem, ok := dotnet.Lookup(t.Elem)
		if !ok {
			return f.refuse("elements of " + t.Type)
		}
		if v, err = f.cast(v, elem); err != nil {
			return err
		}
	}
	t.Items()[i] = v
	return nil
}

// position is an index into n elements; negative ones count from the end.
func (f *frame) position(at any, n int) (int, error) {
	i, ok := value.ToInt(at)
	if ok && i < 0 {
		i += int64(n)
	}
	if !ok || i < 0 || i >= int64(n) {
		return 0, f.outOfRange(at)
	}
	return int(i), nil
}

func (f *frame) outOfRange(at any) error {
	return f.fail("System.IndexOutOfRangeException", "System.IndexOutOfRangeException", "OperationStopped", at,
		"Index was outside the bounds of the array.")
}
