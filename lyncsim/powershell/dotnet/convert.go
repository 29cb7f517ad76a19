package dotnet

import (
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// CastError is a conversion that failed. ID is PowerShell's error id.
type CastError struct {
	ID      string
	Message string
	Inner   *value.Exception
}

// Error is the message as PowerShell words it.
func (c *CastError) Error() string { return c.Message }

// castReason makes the error for a value that a type could not read, with the reason.
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

// Convert makes a value of the type t from v as a PowerShell cast does. The error is a
// *CastError or an *Unsupported.
func Convert(e *Env, v any, t *Type) (any, error) {
	if v == nil {
		return convertNull(t)
	}
	if t.Name == "System.Object" || Is(v, t) {
		return v, nil
	}
	if err := unconvertible(v, t); err != nil {
		return nil, err
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

func convertNull(t *Type) (any, error) {
	switch {
	case t.Name == "System.String":
		return "", nil
	case nullable(t):
		return t.Zero, nil
	case t.Zero != nil || t.Enum != nil:
		return nil, nullFailure(t)
	}
	return nil, nil
}

// nullable reports whether t is one of the value types that $null converts to.
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
