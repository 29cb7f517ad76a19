package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// objectView is $x.PSObject. It shows a value as a list of properties.
type objectView struct {
	env *Env
	of  any
}

// TypeName is the .NET name.
func (objectView) TypeName() string { return "System.Management.Automation.PSObject" }

// ObjectView makes $x.PSObject.
func ObjectView(e *Env, v any) any { return objectView{e, v} }

// Member gives Properties, TypeNames and BaseObject.
func (o objectView) Member(name string) (Member, bool) {
	switch strings.ToLower(name) {
	case "properties", "members":
		return constant(name, propertyBag(o.env, o.of)), true
	case "typenames":
		names := Ancestors(o.of)
		items := make([]any, len(names))
		for i, n := range names {
			items[i] = n
		}
		return constant(name, value.NewCollection("System.Collections.ObjectModel.Collection`1[System.String]", items...)), true
	case "baseobject", "immediatebaseobject":
		return constant(name, o.of), true
	case "copy":
		return Member{Name: name, Call: func(any, *Args) (any, error) {
			if x, ok := o.of.(*value.Object); ok {
				return x.Clone(), nil
			}
			return o.of, nil
		}}, true
	case "methods":
		return Member{Name: name, Get: func(*Env, any) (any, error) { return nil, Refuse("PSObject.Methods") }}, true
	}
	return Member{}, false
}

// bag is PSObject.Properties. It is a collection whose elements a script can also read by
// name.
type bag struct {
	*value.List
	of any
}

// TypeName is the .NET name.
func (*bag) TypeName() string {
	return "System.Management.Automation.PSMemberInfoIntegratingCollection"
}

// Item is the property that Properties['Name'] gives.
func (b *bag) Item(key any) (any, bool) {
	if value.IsNumber(key) {
		return nil, false
	}
	for _, p := range b.Items() {
		if strings.EqualFold(p.(*property).name, text(key)) {
			return p, true
		}
	}
	return nil, true
}

// Member gives Remove, Add and Match.
func (b *bag) Member(name string) (Member, bool) {
	object, ok := b.of.(*value.Object)
	switch strings.ToLower(name) {
	case "remove":
		return Member{Name: name, Min: 1, Max: 1, Call: func(_ any, a *Args) (any, error) {
			if !ok {
				return nil, Refuse("removing properties of a %s", value.TypeName(b.of))
			}
			object.Remove(a.Text(0))
			return Void, nil
		}}, true
	case "add":
		return Member{Name: name, Min: 1, Max: 2, Call: func(_ any, a *Args) (any, error) {
			note, isNote := a.At(0).(*property)
			if !ok || !isNote {
				return nil, Refuse("adding a %s to properties", value.TypeName(a.At(0)))
			}
			object.Set(note.name, note.get())
			return Void, nil
		}}, true
	case "match":
		return Member{Name: name, Min: 1, Max: 2, Call: func(any, *Args) (any, error) { return nil, Refuse("Properties.Match()") }}, true
	case "item":
		return Member{Name: name, Min: 1, Max: 1, Call: func(_ any, a *Args) (any, error) {
			v, _ := b.Item(a.At(0))
			return v, nil
		}}, true
	}
	m, ok := itemsMembers()[strings.ToLower(name)]
	return m, ok
}

func propertyBag(e *Env, v any) *bag {
	var items []any
	for _, p := range PropertiesOf(e, v) {
		items = append(items, p)
	}
	return &bag{List: value.NewCollection("", items...), of: v}
}
