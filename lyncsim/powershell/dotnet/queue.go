package dotnet

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// queueType declares a first-in, first-out collection.
func queueType(name string, elem *Type) *Type {
	t := lineType(name, elem, func(l *value.List, v any) { l.Append(v) })
	t.Members = members(lineAdd("Enqueue", t.Elem, func(l *value.List, v any) { l.Append(v) }), lineTake("Dequeue"), linePeek()).with(t.Members)
	return t
}

// stackType declares a last-in, first-out collection. An enumeration of it begins with
// the element that was added last.
func stackType(name string, elem *Type) *Type {
	push := func(l *value.List, v any) { l.Replace(append([]any{v}, l.Items()...)) }
	t := lineType(name, elem, push)
	t.Members = members(lineAdd("Push", t.Elem, push), lineTake("Pop"), linePeek()).with(t.Members)
	return t
}

// lineType declares the part that queues and stacks have in common.
func lineType(name string, elem *Type, add func(l *value.List, v any)) *Type {
	full := &value.List{Type: name}
	if elem != nil {
		full.Elem = elem.Name
	}
	fill := func(v any) *value.List {
		l := *full
		if !value.IsNumber(v) {
			for _, item := range value.Unroll(v) {
				add(&l, item)
			}
		}
		return &l
	}
	return &Type{Name: name, Elem: elem,
		New: func(a *Args) (any, error) { return fill(a.At(0)), nil },
		Members: itemsMembers().with(members(method("Clear", 0, 0, func(l *value.List, _ *Args) (any, error) {
			l.Replace(nil)
			return Void, nil
		})))}
}

func lineAdd(name string, elem *Type, add func(l *value.List, v any)) Member {
	return method(name, 1, 1, func(l *value.List, a *Args) (any, error) {
		v := a.At(0)
		if elem != nil {
			converted, err := Convert(a.Env, v, elem)
			if err != nil {
				return nil, err
			}
			v = converted
		}
		add(l, v)
		return Void, nil
	})
}

// lineTake declares the method that removes the next element and gives it.
func lineTake(name string) Member {
	return method(name, 0, 0, func(l *value.List, _ *Args) (any, error) {
		v, err := next(l)
		if err == nil {
			l.Replace(append([]any(nil), l.Items()[1:]...))
		}
		return v, err
	})
}

func linePeek() Member {
	return method("Peek", 0, 0, func(l *value.List, _ *Args) (any, error) { return next(l) })
}

func next(l *value.List) (any, error) {
	if l.Len() == 0 {
		return nil, value.NewException("System.InvalidOperationException", value.ShortName(l.Type)+" empty.")
	}
	return l.Items()[0], nil
}
