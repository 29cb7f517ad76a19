package dotnet

import (
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// parsed are the classes that are made of text (or of a number), by what else the
// engine tries: no boolean, no collection, no date.
var parsed = map[string]bool{
	"System.DateTime": true, "System.TimeSpan": true, "System.Guid": true, "System.Version": true, "System.Uri": true,
	"System.Net.IPAddress": true, "System.Text.RegularExpressions.Regex": true, "System.Type": true, "System.Char": true,
	"System.Management.Automation.ScriptBlock": true, "System.Collections.Hashtable": true,
}

// wordy are those of parsed, and SwitchParameter, that no character becomes.
var wordy = map[string]bool{
	"System.Guid": true, "System.Version": true, "System.Uri": true, "System.Text.RegularExpressions.Regex": true, "System.Type": true,
	"System.Management.Automation.ScriptBlock": true, "System.Management.Automation.SwitchParameter": true,
}

// structures are the classes that the engine tries to make of an object's or a table's properties.
var structures = map[string]bool{
	"System.Decimal": true, "System.TimeSpan": true, "System.DateTime": true, "System.Guid": true, "System.Version": true,
	"System.Management.Automation.SwitchParameter": true,
}

// unconvertible is the error for a kind of value that a type never takes.
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

// nullFailure is the error for $null as a structure or an enumeration.
func nullFailure(t *Type) error {
	id := "nullToObjectInvalidCast"
	if t.Enum != nil {
		id = "nullToEnumInvalidCast"
	}
	return &CastError{ID: id, Message: castNever(nil, t).Error()}
}
