package dotnet

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// collectionTypes declares arrays, lists and tables.
func collectionTypes() []*Type {
	return []*Type{
		{Name: "System.Array", Refused: arrayRefused, Members: itemsMembers().with(arrayMembers()), Static: arrayStatics(),
			Convert: func(_ *Env, v any) (any, error) { return []any{v}, nil }},
		{Name: "System.Collections.ArrayList", Refused: listRefused, Members: itemsMembers().with(listMembers()),
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
