package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// objectView is $x.PSObject: a value seen as a bag of properties.
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

// bag is PSObject.Properties: a collection that is also asked by name.
type bag struct {
	*value.List
	of any
}

// TypeName is the .NET name.
func (*bag) TypeName() string {
	return "System.Management.Automation.PSMemberInfoIntegratingCollection"
}

// Item is Properties['Name'].
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

// property is one property as an object: Name, Value, MemberType.
type property struct {
	name string
	kind string
	get  func() any
	set  func(v any)
}

// TypeName is the .NET name.
func (*property) TypeName() string { return "System.Management.Automation.PSNoteProperty" }

// newNoteProperty is [psnoteproperty]::new(name, value).
func newNoteProperty(a *Args) (any, error) {
	v := a.At(1)
	return &property{name: a.Text(0), kind: "NoteProperty", get: func() any { return v }, set: func(x any) { v = x }}, nil
}

// Member gives what a property object tells.
func (p *property) Member(name string) (Member, bool) {
	switch strings.ToLower(name) {
	case "name":
		return constant(name, p.name), true
	case "value":
		m := constant(name, p.get())
		m.Set = func(_ *Env, _, v any) error {
			if p.set == nil {
				return &MissingMember{Type: p.TypeName(), Name: p.name, Known: true}
			}
			p.set(v)
			return nil
		}
		return m, true
	case "membertype":
		return constant(name, p.kind), true
	case "typenameofvalue":
		return constant(name, cmpOr(value.TypeName(p.get()), "System.Object")), true
	case "isgettable", "isinstance":
		return constant(name, true), true
	case "issettable":
		return constant(name, p.set != nil), true
	}
	return Member{}, false
}

// PropertiesOf lists what a value shows as properties, in order.
func PropertiesOf(e *Env, v any) []*property {
	var list []*property
	if o, ok := v.(*value.Object); ok {
		kind := "NoteProperty"
		if o.Adapted || !o.IsCustom() {
			kind = "Property"
		}
		for _, p := range o.Properties() {
			list = append(list, &property{name: p.Name, kind: kind,
				get: func() any { x, _ := o.Get(p.Name); return x }, set: func(x any) { o.Set(p.Name, x) }})
		}
		return list
	}
	t := TypeOf(v)
	for at := t; at != nil; at = at.parent() {
		for _, m := range sortedMembers(at.Members) {
			if m.Get != nil {
				list = append(list, &property{name: m.Name, kind: "Property", get: func() any {
					x, err := m.Get(e, v)
					if err != nil {
						return nil
					}
					return x
				}})
			}
		}
	}
	return list
}
