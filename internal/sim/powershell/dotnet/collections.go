package dotnet

import (
	"sort"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// collectionTypes declares arrays, lists and tables.
func collectionTypes() []*Type {
	return []*Type{
		{Name: "System.Array", Members: itemsMembers().with(arrayMembers()), Static: arrayStatics(),
			Convert: func(_ *Env, v any) (any, error) { return []any{v}, nil }},
		{Name: "System.Collections.ArrayList", Members: itemsMembers().with(listMembers()),
			New: func(a *Args) (any, error) {
				if items, ok := value.Items(a.At(0)); ok {
					return value.NewArrayList(append([]any(nil), items...)...), nil
				}
				return value.NewArrayList(), nil
			},
			Convert: func(_ *Env, v any) (any, error) {
				return value.NewArrayList(append([]any(nil), value.Unroll(v)...)...), nil
			}},
		tableType(value.HashtableType, func() *value.Hashtable {
			h := value.NewHashtable()
			h.CaseSensitive = true
			return h
		}),
		tableType(value.OrderedType, value.NewOrdered),
		{Name: "System.Management.Automation.PSBoundParametersDictionary", Base: value.HashtableType},
		{Name: "System.Collections.DictionaryEntry", Members: members(
			prop("Key", func(e value.Entry) any { return e.Key }), prop("Value", func(e value.Entry) any { return e.Value }),
			prop("Name", func(e value.Entry) any { return e.Key }))},
		enumeratorType(), queueType("System.Collections.Queue", nil), stackType("System.Collections.Stack", nil),
		{Name: "System.Collections.ObjectModel.Collection`1[System.Management.Automation.PSObject]", Members: itemsMembers()},
		{Name: "System.Collections.Hashtable+KeyCollection", Members: itemsMembers()},
		{Name: "System.Collections.Hashtable+ValueCollection", Members: itemsMembers()},
	}
}

// genericType makes a generic collection of element types; nil when there is none such.
func genericType(name string, args []*Type) *Type {
	switch name {
	case "list", "ilist":
		return genericList(args)
	case "dictionary":
		return genericDictionary(args)
	case "hashset":
		return setType(args[0])
	case "queue":
		return queueType("System.Collections.Generic.Queue`1["+args[0].Name+"]", args[0])
	case "stack":
		return stackType("System.Collections.Generic.Stack`1["+args[0].Name+"]", args[0])
	case "nullable":
		t := *args[0]
		t.Zero = nil
		return &t
	}
	return nil
}

func genericList(args []*Type) *Type {
	elem := args[0]
	fill := func(e *Env, v any) (any, error) {
		l := value.NewList(elem.Name)
		for _, item := range value.Unroll(v) {
			x, err := Convert(e, item, elem)
			if err != nil {
				return nil, err
			}
			l.Append(x)
		}
		return l, nil
	}
	return &Type{Name: value.NewList(elem.Name).Type, Elem: elem, Members: itemsMembers().with(listMembers()), Convert: fill,
		New: func(a *Args) (any, error) {
			if a.Len() == 1 && !value.IsNumber(a.At(0)) {
				return fill(a.Env, a.At(0))
			}
			return value.NewList(elem.Name), nil
		}}
}

func genericDictionary(args []*Type) *Type {
	names := make([]string, len(args))
	for i, t := range args {
		names[i] = t.Name
	}
	name := "System.Collections.Generic.Dictionary`2[" + strings.Join(names, ",") + "]"
	t := tableType(name, func() *value.Hashtable { return value.NewDictionary(name) })
	inner := t.New
	t.New = func(a *Args) (any, error) {
		made, err := inner(a)
		if c, ok := a.At(0).(*value.Object); ok && ignoresCase(value.Text(c)) {
			made.(*value.Hashtable).CaseSensitive = false
		}
		return made, err
	}
	return t
}

// itemsMembers are the members of everything that has elements.
func itemsMembers() Members {
	count := func(name string) Member {
		return Member{Name: name, Get: func(_ *Env, self any) (any, error) { return int32(len(value.Unroll(self))), nil }}
	}
	return members(count("Count"), count("Length"), count("LongLength"),
		Member{Name: "GetEnumerator", Call: func(self any, _ *Args) (any, error) { return newEnumerator(value.Unroll(self)), nil }},
		Member{Name: "ToArray", Call: func(self any, _ *Args) (any, error) {
			return value.NewArray(elemOf(self), append([]any{}, value.Unroll(self)...)...), nil
		}},
		Member{Name: "Contains", Min: 1, Max: 1, Call: func(self any, a *Args) (any, error) {
			return indexOf(value.Unroll(self), a) >= 0, nil
		}},
		Member{Name: "IndexOf", Min: 1, Max: 1, Call: func(self any, a *Args) (any, error) {
			return indexOf(value.Unroll(self), a), nil
		}},
		Member{Name: "IsReadOnly", Get: func(*Env, any) (any, error) { return false, nil }},
		Member{Name: "SyncRoot", Get: func(_ *Env, self any) (any, error) { return self, nil }},
		Member{Name: "Rank", Get: func(*Env, any) (any, error) { return int32(1), nil }})
}

func elemOf(v any) string {
	if l, ok := v.(*value.List); ok {
		return l.Elem
	}
	return ""
}

func indexOf(items []any, a *Args) int {
	for i, item := range items {
		if Same(item, a.At(0)) {
			return i
		}
	}
	return -1
}

func arrayMembers() Members {
	return members(
		Member{Name: "Clone", Call: func(self any, _ *Args) (any, error) {
			if b, ok := self.([]byte); ok {
				return append([]byte{}, b...), nil
			}
			return value.NewArray(elemOf(self), append([]any{}, value.Unroll(self)...)...), nil
		}},
		Member{Name: "GetValue", Min: 1, Max: 1, Call: func(self any, a *Args) (any, error) {
			items, i := value.Unroll(self), a.Int(0)
			if i < 0 || i >= len(items) {
				return nil, value.NewException("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
			}
			return items[i], nil
		}},
		Member{Name: "Add", Min: 1, Max: 1, Call: fixedSize}, Member{Name: "Remove", Min: 1, Max: 1, Call: fixedSize},
		Member{Name: "RemoveAt", Min: 1, Max: 1, Call: fixedSize}, Member{Name: "Insert", Min: 2, Max: 2, Call: fixedSize},
		Member{Name: "IsFixedSize", Get: func(*Env, any) (any, error) { return true, nil }})
}

func fixedSize(any, *Args) (any, error) {
	return nil, value.NewException("System.NotSupportedException", "Collection was of a fixed size.")
}

func arrayStatics() Members {
	return members(
		static("IndexOf", 2, 2, func(a *Args) (any, error) {
			return indexOf(value.Unroll(a.At(0)), NewArgs(a.Env, a.From(1))), nil
		}),
		static("Reverse", 1, 1, func(a *Args) (any, error) {
			items, _ := value.Items(a.At(0))
			for i, j := 0, len(items)-1; i < j; i, j = i+1, j-1 {
				items[i], items[j] = items[j], items[i]
			}
			return Void, nil
		}),
		static("Sort", 1, 1, func(a *Args) (any, error) {
			items, _ := value.Items(a.At(0))
			sortItems(items)
			return Void, nil
		}))
}

// sortItems orders texts as a culture does and numbers by value.
func sortItems(items []any) {
	sort.SliceStable(items, func(i, j int) bool {
		if value.IsNumber(items[i]) && value.IsNumber(items[j]) {
			x, _ := value.ToFloat(items[i])
			y, _ := value.ToFloat(items[j])
			return x < y
		}
		return CompareText(text(items[i]), text(items[j]), false) < 0
	})
}
