package dotnet

import (
	"hash/fnv"
	"reflect"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// objectTypes declares what every value has, and truth values.
func objectTypes() []*Type {
	return []*Type{
		{Name: "System.Object", Members: objectMembers(), Static: members(
			static("Equals", 2, 2, func(a *Args) (any, error) { return Same(a.At(0), a.At(1)), nil }),
			static("ReferenceEquals", 2, 2, func(a *Args) (any, error) { return Same(a.At(0), a.At(1)), nil })),
			New: func(*Args) (any, error) {
				return &value.Object{TypeNames: []string{"System.Object"}, Adapted: true}, nil
			}},
		{Name: "System.Void"}, {Name: "System.ValueType"}, {Name: "System.Collections.IEnumerable"}, {Name: "System.Collections.IList"},
		{Name: "System.Collections.ICollection"}, {Name: "System.Collections.IDictionary"},
		typeType("System.Type"), typeType("System.RuntimeType"),
		{Name: value.CustomObject, Convert: toCustomObject},
		{Name: "System.Management.Automation.PSObject", Convert: toCustomObject,
			New: func(*Args) (any, error) { return value.NewObject(), nil }},
		switchType(),
	}
}

func objectMembers() Members {
	return members(
		Member{Name: "GetType", Call: func(self any, _ *Args) (any, error) { return TypeOf(self), nil }},
		Member{Name: "ToString", Call: func(self any, _ *Args) (any, error) { return value.MethodText(self), nil }},
		Member{Name: "Equals", Min: 1, Max: 1, Call: func(self any, a *Args) (any, error) { return Same(self, a.At(0)), nil }},
		Member{Name: "GetHashCode", Call: func(self any, _ *Args) (any, error) {
			h := fnv.New32a()
			h.Write([]byte(value.TypeName(self) + value.MethodText(self)))
			return int32(h.Sum32()), nil
		}},
		Member{Name: "Dispose", Call: func(any, *Args) (any, error) { return nil, nil }})
}

// Same is Object.Equals: equal values of one type, or the same reference.
func Same(x, y any) bool {
	if value.TypeName(x) != value.TypeName(y) {
		return false
	}
	if x == nil || !reflect.TypeOf(x).Comparable() {
		return sameStorage(x, y)
	}
	return reflect.TypeOf(y).Comparable() && x == y
}

// sameStorage compares two slices by reference.
func sameStorage(x, y any) bool {
	a, b := reflect.ValueOf(x), reflect.ValueOf(y)
	if !a.IsValid() || !b.IsValid() || a.Kind() != reflect.Slice || b.Kind() != reflect.Slice {
		return x == nil && y == nil
	}
	return a.Pointer() == b.Pointer() && a.Len() == b.Len()
}

func typeType(name string) *Type {
	base := ""
	if name == "System.RuntimeType" {
		base = "System.Type"
	}
	return &Type{Name: name, Base: base, Convert: func(_ *Env, v any) (any, error) {
		if t, ok := Lookup(text(v)); ok {
			return t, nil
		}
		if Known(text(v)) {
			return nil, Refuse("the type [%s]", text(v))
		}
		return nil, &CastError{ID: "InvalidCastFromStringToType", Message: "Cannot convert the \"" + text(v) +
			"\" value of type \"" + value.TypeName(v) + "\" to type \"System.Type\"."}
	}, Members: members(
		prop("Name", func(t *Type) any { return t.Short() }),
		prop("FullName", func(t *Type) any { return t.Name }),
		prop("BaseType", func(t *Type) any { return orNil(t.parent()) }),
		prop("IsArray", func(t *Type) any { return t.IsArray() }),
		prop("IsEnum", func(t *Type) any { return t.Enum != nil }),
		prop("IsValueType", func(t *Type) any { return t.Enum != nil || t.Zero != nil }),
		prop("Namespace", func(t *Type) any { return namespaceOf(t.Name) }),
		method("ToString", 0, 0, func(t *Type, _ *Args) (any, error) { return t.Name, nil }),
		method("GetElementType", 0, 0, func(t *Type, _ *Args) (any, error) { return orNil(t.Elem), nil }),
		method("IsAssignableFrom", 1, 1, func(t *Type, a *Args) (any, error) {
			other, ok := a.At(0).(*Type)
			for at := other; ok && at != nil; at = at.parent() {
				if at.Name == t.Name {
					return true, nil
				}
			}
			return false, nil
		})),
		Refused: []string{"GetMethods", "GetMethod", "GetProperties", "GetProperty", "GetField", "GetFields", "GetConstructor",
			"GetConstructors", "GetMembers", "GetMember", "InvokeMember", "Assembly", "IsSubclassOf", "IsInstanceOfType",
			"GetInterfaces", "GetInterface", "IsGenericType", "GetGenericArguments", "Module", "GUID", "IsClass", "IsInterface",
			"AssemblyQualifiedName", "TypeHandle", "IsPublic", "GetEnumNames", "GetEnumValues", "GetCustomAttributes"},
	}
}

func orNil(t *Type) any {
	if t == nil {
		return nil
	}
	return t
}

func namespaceOf(full string) string {
	short := value.ShortName(full)
	return full[:max(0, len(full)-len(short)-1)]
}

// toCustomObject makes a [pscustomobject] of a table; other values stay what they are.
func toCustomObject(_ *Env, v any) (any, error) {
	h, ok := v.(*value.Hashtable)
	if !ok {
		return v, nil
	}
	o := value.NewObject()
	for _, k := range h.Keys() {
		x, _ := h.Get(k)
		if strings.EqualFold(text(k), "PSTypeName") {
			o.TypeNames = append([]string{text(x)}, o.TypeNames...)
			continue
		}
		o.Set(text(k), x)
	}
	return o, nil
}

func boolType() *Type {
	return &Type{Name: "System.Boolean", Zero: false,
		Convert: func(_ *Env, v any) (any, error) { return value.Truth(v), nil },
		Members: members(method("ToString", 0, 1, func(b bool, _ *Args) (any, error) { return value.Text(b), nil })),
		Static: members(constant("TrueString", "True"), constant("FalseString", "False"),
			static("Parse", 1, 1, func(a *Args) (any, error) {
				t, _ := Lookup("bool")
				b, ok := parseBool(a.Text(0))
				if !ok {
					return nil, value.NewException("System.FormatException", boolMessage(a.Env, a.Text(0), t))
				}
				return b, nil
			}))}
}

func boolMessage(e *Env, s string, _ *Type) string {
	if e.Core {
		return "String '" + s + "' was not recognized as a valid Boolean."
	}
	return "String was not recognized as a valid Boolean."
}

func parseBool(s string) (bool, bool) {
	switch {
	case equalFoldTrim(s, "true"):
		return true, true
	case equalFoldTrim(s, "false"):
		return false, true
	}
	return false, false
}

func switchType() *Type {
	t := &Type{Name: "System.Management.Automation.SwitchParameter", Zero: value.Switch(false),
		Members: members(
			prop("IsPresent", func(s value.Switch) any { return bool(s) }),
			method("ToBool", 0, 0, func(s value.Switch, _ *Args) (any, error) { return bool(s), nil })),
		Static: members(constant("Present", value.Switch(true)))}
	t.Convert = func(_ *Env, v any) (any, error) {
		if b, ok := v.(bool); ok {
			return value.Switch(b), nil
		}
		if value.IsNumber(v) {
			return value.Switch(value.Truth(v)), nil
		}
		return nil, castNever(v, t)
	}
	return t
}
