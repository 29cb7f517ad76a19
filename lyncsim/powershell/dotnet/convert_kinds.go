package dotnet

import (
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// parsed are the classes whose values PowerShell makes from text or from a number. It
// makes none of them from a boolean, a collection or a date.
var parsed = map[string]bool{
	"System.DateTime": true, "System.TimeSpan": true, "System.Guid": true, "System.Version": true, "System.Uri": true,
	"System.Net.IPAddress": true, "System.Text.RegularExpressions.Regex": true, "System.Type": true, "System.Char": true,
	"System.Management.Automation.ScriptBlock": true, "System.Collections.Hashtable": true,
}

// wordy are the classes that neither a Char nor a value of an enumeration converts to.
// All of them except SwitchParameter are in parsed too.
var wordy = map[string]bool{
	"System.Guid": true, "System.Version": true, "System.Uri": true, "System.Text.RegularExpressions.Regex": true, "System.Type": true,
	"System.Management.Automation.ScriptBlock": true, "System.Management.Automation.SwitchParameter": true,
}

// structures are the classes whose values PowerShell tries to make from the properties of
// an object or the entries of a table.
var structures = map[string]bool{
	"System.Decimal": true, "System.TimeSpan": true, "System.DateTime": true, "System.Guid": true, "System.Version": true,
	"System.Management.Automation.SwitchParameter": true,
}

// unconvertible is the error for a value of a kind that never converts to the type. It is
// nil when the value may convert.
func unconvertible(v any, t *Type) error {
	number := value.IsNumber(t.Zero)
	switch v.(type) {
	case bool:
		if parsed[t.Name] || t.Enum != nil {
			return castReason("InvalidCastIConvertible", v, t, "Invalid cast from 'System.Boolean' to '"+t.Name+"'.")
		}
	case value.DateTime:
		if number || parsed[t.Name] || t.Enum != nil {
			return castReason("InvalidCastIConvertible", v, t, "Invalid cast from 'System.DateTime' to '"+t.Name+"'.")
		}
	case value.Char, value.Enum:
		_, isChar := v.(value.Char)
		if wordy[t.Name] || isChar && t.Enum != nil {
			return castReason("InvalidCastIConvertible", v, t, "Invalid cast from '"+value.TypeName(v)+"' to '"+t.Name+"'.")
		}
	case *value.Object, *value.Hashtable:
		return unconvertibleObject(v, t)
	case time.Duration, value.Version, value.Guid:
		if number || t.Enum != nil || parsed[t.Name] {
			return castNever(v, t)
		}
	case float32, float64, value.Decimal:
		if t.Name == "System.Char" {
			return castReason("InvalidCastIConvertible", v, t, "Invalid cast from '"+value.TypeName(v)+"' to 'System.Char'.")
		}
	}
	if _, ok := value.Items(v); ok && (number || parsed[t.Name]) {
		return castNever(v, t)
	}
	return nil
}

func unconvertibleObject(v any, t *Type) error {
	o, isObject := v.(*value.Object)
	switch {
	case isObject && !o.IsCustom(), !isObject && t.Name == "System.Collections.Hashtable":
		return nil
	case isObject && (structures[t.Name] || t.Enum != nil || t.Name == "System.Collections.Hashtable"):
		return castReason("InvalidCastConstructorException", v, t, "Cannot create object of type \""+t.Name+"\".")
	case structures[t.Name] || t.Enum != nil:
		return &CastError{ID: "ObjectCreationError", Message: "Cannot create object of type \"" + t.Name + "\"."}
	case value.IsNumber(t.Zero) || parsed[t.Name]:
		return castNever(v, t)
	}
	return nil
}

// nullFailure is the error for converting $null to a structure or an enumeration.
func nullFailure(t *Type) error {
	id := "nullToObjectInvalidCast"
	if t.Enum != nil {
		id = "nullToEnumInvalidCast"
	}
	return &CastError{ID: id, Message: castNever(nil, t).Error()}
}
