package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// property is a property of a value as an object with Name, Value and MemberType.
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

// Member gives the members of a property object.
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

// PropertiesOf lists the properties of a value in order.
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
