package dotnet

import (
	"hash/fnv"
	"reflect"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// objectTypes declares the members that every value has, and the truth values.
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
		{Name: "System.Management.Automation.PSObject", Convert: func(_ *Env, v any) (any, error) { return v, nil },
			New: func(*Args) (any, error) { return value.NewObject(), nil }},
		switchType(),
	}
}

func objectMembers() Members {
	return members(
		Member{Name: "GetType", Call: func(self any, _ *Args) (any, error) { return TypeOf(self), nil }},
		Member{Name: "ToString", Call: func(self any, a *Args) (any, error) { return value.MethodText(self, a.core()), nil }},
		Member{Name: "Equals", Min: 1, Max: 1, Call: func(self any, a *Args) (any, error) { return Same(self, a.At(0)), nil }},
		Member{Name: "GetHashCode", Call: func(self any, _ *Args) (any, error) {
			h := fnv.New32a()
			h.Write([]byte(value.TypeName(self) + value.MethodText(self, true)))
			return int32(h.Sum32()), nil
		}},
		Member{Name: "Dispose", Call: func(any, *Args) (any, error) { return nil, nil }})
}

// Same is Object.Equals. It reports whether both are equal values of one type or the
// same reference.
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

// toCustomObject makes a [pscustomobject] of a table. It returns other values unchanged.
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
