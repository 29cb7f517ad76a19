package powershell

import (
	"errors"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/syntax"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
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
		old, err := f.eval(s.Left)
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

// storeTyped is [type]$x = v: the variable keeps the type.
func (f *frame) storeTyped(e *syntax.ConvertExpression, v any) error {
	t, err := f.typeNamed(e.Type.Type)
	if err != nil {
		return err
	}
	if inner, ok := e.Operand.(*syntax.VariableExpression); ok {
		converted, err := f.castVariable(inner.Name, v, t)
		if err != nil {
			return err
		}
		made, err := f.setVariable(inner, converted)
		if err == nil && made != nil {
			made.typ = t
		}
		return err
	}
	converted, err := f.cast(v, t)
	if err != nil {
		return err
	}
	return f.store(e.Operand, converted)
}

// castVariable converts what is assigned to a typed variable.
func (f *frame) castVariable(name string, v any, t *dotnet.Type) (any, error) {
	out, err := dotnet.Convert(f.rs.env, v, t)
	cast, ok := errors.AsType[*dotnet.CastError](err)
	if !ok {
		return out, f.raising(err)
	}
	return nil, f.fail("System.Management.Automation.ArgumentTransformationMetadataException", "RuntimeException", "MetadataError", v,
		"%s", cast.Message)
}

// storeAttributed is [ValidateSet('a')]$x = v.
func (f *frame) storeAttributed(e *syntax.AttributedExpression, v any) error {
	validator, err := f.validator(e.Attribute)
	if err != nil {
		return err
	}
	if err := f.store(e.Operand, v); err != nil {
		return err
	}
	name, ok := innermostVariable(e.Operand)
	if !ok || validator == nil {
		return nil
	}
	if have, ok := f.scope.own(name.Unqualified()); ok {
		have.validators = append(have.validators, validator)
		return f.validateVariable(have, have.value)
	}
	return nil
}

func innermostVariable(e syntax.Expression) (*syntax.VariableExpression, bool) {
	for {
		switch t := e.(type) {
		case *syntax.VariableExpression:
			return t, true
		case *syntax.ConvertExpression:
			e = t.Operand
		case *syntax.AttributedExpression:
			e = t.Operand
		default:
			return nil, false
		}
	}
}

func (f *frame) validateVariable(have *variable, v any) error {
	for _, validator := range have.validators {
		if err := validateEach(validator, v); err != nil {
			return f.fail("System.Management.Automation.ValidationMetadataException", "ValidateSetFailure", "MetadataError", nil,
				"The variable cannot be validated because the value %s is not a valid value for the %s variable.", value.Text(v), have.name)
		}
	}
	return nil
}

// storeEach is $a, $b = …: one value each, the rest to the last.
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
