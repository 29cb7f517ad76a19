package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// TypeOf is the type of a value, or nil for $null. For a class that is not in the table
// it is a type that has only a name.
func TypeOf(v any) *Type {
	if v == nil {
		return nil
	}
	name := value.TypeName(v)
	o, isObject := v.(*value.Object)
	if isObject && !o.IsCustom() {
		return &Type{Name: name}
	}
	if t, ok := Lookup(name); ok {
		return t
	}
	if e, ok := v.(value.Enum); ok {
		return enumType(e.Type)
	}
	return &Type{Name: name}
}

// Ancestors are the full names of a value's types, most derived first.
func Ancestors(v any) []string {
	if o, ok := v.(*value.Object); ok {
		return o.TypeNames
	}
	var names []string
	for t := TypeOf(v); t != nil; t = t.parent() {
		names = append(names, t.Name)
	}
	return names
}

// Is reports whether a value is an instance of the type or of a class derived from it.
// If the type is an interface that scripts ask for, Is reports whether the value has it.
func Is(v any, t *Type) bool {
	if v == nil {
		return false
	}
	if o, ok := v.(*value.Object); ok && o.IsCustom() {
		return t.Name == value.CustomObject || t.Name == "System.Object" || implements(v, strings.ToLower(t.Name))
	}
	for _, name := range Ancestors(v) {
		if strings.EqualFold(name, t.Name) {
			return true
		}
	}
	return t.Name == "System.Object" || implements(v, strings.ToLower(t.Name))
}

// implements reports whether a value has one of the interfaces or abstract classes that
// scripts ask for.
func implements(v any, name string) bool {
	_, items := value.Items(v)
	_, table := v.(*value.Hashtable)
	switch name {
	case "system.management.automation.psobject":
		o, ok := v.(*value.Object)
		return ok && o.IsCustom()
	case "system.array":
		return strings.HasSuffix(value.TypeName(v), "[]")
	case "system.collections.ienumerable":
		_, isText := v.(string)
		return items || table || isText
	case "system.collections.ilist", "system.collections.icollection":
		return items
	case "system.collections.idictionary":
		return table
	case "system.valuetype":
		t := TypeOf(v)
		return t.Zero != nil || t.Enum != nil
	case "system.enum":
		_, ok := v.(value.Enum)
		return ok
	}
	return false
}
