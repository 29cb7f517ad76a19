package dotnet

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// listMembers are the members of ArrayList and List`1 that change the list.
func listMembers() Members {
	return members(
		listMethod("Add", 1, 1, func(l *value.List, a *Args) (any, error) {
			v, err := elementOf(l, a.Env, a.At(0))
			if err != nil {
				return nil, err
			}
			l.Append(v)
			if l.Elem != "" {
				return Void, nil
			}
			return int32(l.Len() - 1), nil
		}),
		listMethod("AddRange", 1, 1, func(l *value.List, a *Args) (any, error) {
			for _, item := range append([]any(nil), value.Unroll(a.At(0))...) {
				v, err := elementOf(l, a.Env, item)
				if err != nil {
					return nil, err
				}
				l.Append(v)
			}
			return Void, nil
		}),
		listMethod("Insert", 2, 2, func(l *value.List, a *Args) (any, error) {
			at := a.Int(0)
			if at < 0 || at > l.Len() {
				return nil, outOfRange("index", "Index must be within the bounds of the List.")
			}
			items := append([]any(nil), l.Items()[:at]...)
			items = append(append(items, a.At(1)), l.Items()[at:]...)
			l.Replace(items)
			return Void, nil
		}),
	).with(listRemoval())
}

// listRemoval are the members that take elements away or move them.
func listRemoval() Members {
	return members(
		listMethod("Remove", 1, 1, func(l *value.List, a *Args) (any, error) {
			at := indexOf(l.Items(), a)
			if at >= 0 {
				removeAt(l, at)
			}
			if l.Elem == "" {
				return Void, nil
			}
			return at >= 0, nil
		}),
		listMethod("RemoveAt", 1, 1, func(l *value.List, a *Args) (any, error) {
			at := a.Int(0)
			if at < 0 || at >= l.Len() {
				return nil, outOfRange("index", "Index was out of range. Must be non-negative and less than the size of the collection.")
			}
			removeAt(l, at)
			return Void, nil
		}),
		listMethod("Clear", 0, 0, func(l *value.List, _ *Args) (any, error) {
			l.Replace(nil)
			return Void, nil
		}),
		listMethod("Reverse", 0, 0, func(l *value.List, _ *Args) (any, error) {
			items := l.Items()
			for i, j := 0, len(items)-1; i < j; i, j = i+1, j-1 {
				items[i], items[j] = items[j], items[i]
			}
			return Void, nil
		}),
		listMethod("Sort", 0, 0, func(l *value.List, _ *Args) (any, error) {
			sortItems(l.Items())
			return Void, nil
		}))
}

func listMethod(name string, least, most int, call func(l *value.List, a *Args) (any, error)) Member {
	return method(name, least, most, call)
}

func removeAt(l *value.List, at int) {
	items := append([]any(nil), l.Items()[:at]...)
	l.Replace(append(items, l.Items()[at+1:]...))
}

// elementOf converts a value that is put into a list to the list's element type.
func elementOf(l *value.List, e *Env, v any) (any, error) {
	if l.Elem == "" {
		return v, nil
	}
	t, ok := Lookup(l.Elem)
	if !ok {
		return v, nil
	}
	return Convert(e, v, t)
}

// setType declares HashSet`1. Its Add gives true when the element is new.
func setType(elem *Type) *Type {
	name := "System.Collections.Generic.HashSet`1[" + elem.Name + "]"
	t := genericList([]*Type{elem})
	t.Name = name
	make := func(items []any) *value.List {
		l := &value.List{Type: name, Elem: elem.Name}
		for _, item := range items {
			if indexOf(l.Items(), NewArgs(nil, []any{item})) < 0 {
				l.Append(item)
			}
		}
		return l
	}
	t.New = func(a *Args) (any, error) {
		if c, ok := a.At(a.Len() - 1).(*value.Object); ok && a.Len() > 0 {
			return nil, Refuse("HashSet with %s", value.Text(c))
		}
		return make(value.Unroll(a.At(0))), nil
	}
	t.Convert = func(_ *Env, v any) (any, error) { return make(value.Unroll(v)), nil }
	t.Members = members(method("Add", 1, 1, func(l *value.List, a *Args) (any, error) {
		v, err := elementOf(l, a.Env, a.At(0))
		if err != nil || indexOf(l.Items(), NewArgs(a.Env, []any{v})) >= 0 {
			return false, err
		}
		l.Append(v)
		return true, nil
	})).with(t.Members)
	return t
}

// listRefused are members of ArrayList, List`1 and HashSet`1 that .NET has and the
// simulator refuses.
var listRefused = []string{"AsReadOnly", "BinarySearch", "Capacity", "ConvertAll", "CopyTo", "EnsureCapacity", "ExceptWith", "Exists", "Find",
	"FindAll", "FindIndex", "FindLast", "FindLastIndex", "ForEach", "GetRange", "InsertRange", "IntersectWith", "IsFixedSize", "IsSubsetOf",
	"IsSupersetOf", "LastIndexOf", "Overlaps", "RemoveAll", "RemoveRange", "RemoveWhere", "SetEquals", "SetRange", "Slice",
	"SymmetricExceptWith", "TrimExcess", "TrimToSize", "TrueForAll", "UnionWith", "Clone"}
