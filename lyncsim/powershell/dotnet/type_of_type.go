package dotnet

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

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
