package dotnet

import (
	"errors"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// CastError is a conversion that failed. ID is the engine's error id.
type CastError struct {
	ID      string
	Message string
	Inner   *value.Exception
}

// Error is the engine's sentence.
func (c *CastError) Error() string { return c.Message }

// castReason makes the error for text that a type could not read.
func castReason(id string, v any, t *Type, reason string) error {
	return &CastError{ID: id, Message: fmt.Sprintf("Cannot convert value \"%s\" to type \"%s\". Error: \"%s\"", text(v), t.Name, reason)}
}

// castNever makes the error for types that do not convert to each other.
func castNever(v any, t *Type) error {
	if v == nil {
		return &CastError{ID: "ConvertToFinalInvalidCastException", Message: fmt.Sprintf("Cannot convert null to type \"%s\".", t.Name)}
	}
	return &CastError{ID: "ConvertToFinalInvalidCastException", Message: fmt.Sprintf(
		"Cannot convert the \"%s\" value of type \"%s\" to type \"%s\".", text(v), value.TypeName(v), t.Name)}
}

// Convert makes a value of a type as a PowerShell cast does. The error is a
// *CastError, or an *Unsupported.
func Convert(e *Env, v any, t *Type) (any, error) {
	if v == nil {
		return convertNull(e, t)
	}
	if t.Name == "System.Object" || Is(v, t) {
		return v, nil
	}
	if t.Convert != nil {
		return t.Convert(e, v)
	}
	if t.Enum != nil {
		return convertEnum(v, t)
	}
	if items, ok := value.Items(v); ok && len(items) == 1 {
		return Convert(e, items[0], t)
	}
	if t.New != nil {
		return convertByConstructor(e, v, t)
	}
	return nil, castNever(v, t)
}

// Default is the value that a variable of the type holds before it is set.
func Default(t *Type) any {
	switch {
	case t.Name == "System.String":
		return ""
	case t.Enum != nil:
		return value.Enum{Type: t.Enum}
	}
	return t.Zero
}

func convertNull(e *Env, t *Type) (any, error) {
	switch {
	case t.Name == "System.String":
		return "", nil
	case nullable(t):
		return t.Zero, nil
	case t.Zero != nil || t.Enum != nil:
		return nil, castNever(nil, t)
	}
	return nil, nil
}

// nullable are the value types that $null converts to.
func nullable(t *Type) bool {
	return value.IsNumber(t.Zero) || t.Name == "System.Boolean" || t.Name == "System.Char" ||
		t.Name == "System.Management.Automation.SwitchParameter"
}

func convertByConstructor(e *Env, v any, t *Type) (any, error) {
	made, err := Construct(e, t, []any{v})
	if _, refused := errors.AsType[*Unsupported](err); err == nil || refused {
		return made, err
	}
	return nil, castNever(v, t)
}

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

func convertEnum(v any, t *Type) (any, error) {
	if n, ok := value.ToInt(v); ok && value.IsNumber(v) {
		if !t.Enum.Has(n) {
			return nil, castReason("EnumOutOfRange", v, t, "The enumeration has no such value")
		}
		return value.Enum{Type: t.Enum, Value: n}, nil
	}
	var names []string
	for _, item := range value.Unroll(v) {
		names = append(names, text(item))
	}
	name := strings.Join(names, ",")
	if found, ok := t.Enum.Parse(name); ok {
		return found, nil
	}
	if found, ok := enumPrefix(name, t.Enum); ok {
		return found, nil
	}
	return nil, castReason("SubstringDisambiguationEnumParseThrewAnException", v, t, fmt.Sprintf(
		"Unable to match the identifier name %s to a valid enumerator name. Specify one of the following enumerator names and try again:%s",
		name, "\n"+enumNames(t.Enum)))
}

// enumPrefix finds the only value whose name begins with the text.
func enumPrefix(name string, t *value.EnumType) (value.Enum, bool) {
	var found []value.EnumValue
	for _, v := range t.Values {
		if name != "" && len(v.Name) >= len(name) && strings.EqualFold(v.Name[:len(name)], name) {
			found = append(found, v)
		}
	}
	if len(found) != 1 {
		return value.Enum{}, false
	}
	return value.Enum{Type: t, Value: found[0].Value}, true
}

func enumNames(t *value.EnumType) string {
	names := make([]string, len(t.Values))
	for i, v := range t.Values {
		names[i] = v.Name
	}
	return strings.Join(names, ", ")
}
