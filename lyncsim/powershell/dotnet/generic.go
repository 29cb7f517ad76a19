package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// genericType makes a generic type with these type arguments. It gives nil when it does
// not know the name.
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
	return &Type{Name: value.NewList(elem.Name).Type, Refused: listRefused, Elem: elem, Members: itemsMembers().with(listMembers()), Convert: fill,
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
