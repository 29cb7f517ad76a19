package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// memberName is the name that a member expression asks for.
func (f *frame) memberName(e syntax.Expression) (string, error) {
	if s, ok := e.(*syntax.StringConstantExpression); ok {
		return s.Value, nil
	}
	v, err := f.eval(e)
	return value.Text(v), err
}

// member is $x.Name or [type]::Name.
func (f *frame) member(e *syntax.MemberExpression) (any, error) {
	target, err := f.eval(e.Target)
	if err != nil {
		return nil, err
	}
	name, err := f.memberName(e.Member)
	if err != nil {
		return nil, err
	}
	if e.Static {
		return f.staticProperty(target, name)
	}
	v, found, err := f.property(target, name)
	if err != nil || found {
		return v, err
	}
	return f.missingProperty(name)
}

func (f *frame) staticProperty(target any, name string) (any, error) {
	t, ok := target.(*dotnet.Type)
	if !ok {
		if t, ok = dotnet.Lookup(value.Text(target)); !ok {
			return nil, f.refuse("static members of " + value.TypeName(target))
		}
	}
	if t.Enum != nil {
		if e, ok := t.Enum.Parse(name); ok && strings.IndexFunc(name, isDigit) != 0 {
			return e, nil
		}
	}
	v, found, err := dotnet.Get(f.rs.env, t, nil, name)
	if err != nil {
		return nil, f.raising(err)
	}
	if found || f.scope.strictness() < 2 {
		return v, nil
	}
	return f.missingProperty(name)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// property reads an instance member; false when the value has no member of that name.
func (f *frame) property(target any, name string) (any, bool, error) {
	if target == nil {
		counts := strings.EqualFold(name, "Count") || strings.EqualFold(name, "Length")
		return int32(0), counts && f.scope.strictness() < 2, nil
	}
	switch t := target.(type) {
	case *value.Hashtable:
		if v, ok := t.Get(name); ok {
			return v, true, nil
		}
	case *value.Object:
		if v, ok := t.Get(name); ok {
			return v, true, nil
		}
	}
	if v, found := f.common(target, name); found {
		return v, true, nil
	}
	v, found, err := dotnet.Get(f.rs.env, dotnet.TypeOf(target), target, name)
	if found || err != nil {
		return v, found, f.raising(err)
	}
	return f.eachProperty(target, name)
}

// common are the members that every value has: PSObject, Count and Length of
// single values.
func (f *frame) common(target any, name string) (any, bool) {
	switch strings.ToLower(name) {
	case "psobject":
		return dotnet.ObjectView(f.rs.env, target), true
	case "pstypenames":
		return value.NewList("System.String", toAny(dotnet.Ancestors(target))...), true
	case "count", "length":
		if hasMember(dotnet.TypeOf(target), target, name) {
			return nil, false
		}
		if list, ok := value.Items(target); ok && strings.EqualFold(name, "Count") {
			return int32(len(list)), true
		}
		return int32(1), f.scope.strictness() < 2
	}
	return nil, false
}

func hasMember(t *dotnet.Type, target any, name string) bool {
	if d, ok := target.(dotnet.Dynamic); ok {
		if _, ok := d.Member(name); ok {
			return true
		}
	}
	_, ok := t.Find(name)
	return ok
}

func toAny(texts []string) []any {
	items := make([]any, len(texts))
	for i, s := range texts {
		items[i] = s
	}
	return items
}

// eachProperty reads the property of every element of a collection.
func (f *frame) eachProperty(target any, name string) (any, bool, error) {
	items, ok := value.Items(target)
	if !ok {
		return nil, false, nil
	}
	var all []any
	for _, item := range items {
		v, found, err := f.property(item, name)
		if err != nil {
			return nil, false, err
		}
		switch {
		case found:
			all = append(all, value.Unroll(plain(v))...)
			if v == nil {
				all = append(all, nil)
			}
		case f.scope.strictness() >= 2:
			return nil, false, nil
		case isBag(item):
			all = append(all, nil)
		}
	}
	if len(all) == 0 {
		return nil, false, nil
	}
	return fold(all), true, nil
}

// isBag reports whether a value is a custom object. A property that a custom object
// lacks is $null, even when the object stands in an array.
func isBag(v any) bool {
	o, ok := v.(*value.Object)
	return ok && o.IsCustom()
}

// missingProperty is $null, or the error of strict mode.
func (f *frame) missingProperty(name string) (any, error) {
	if f.scope.strictness() < 2 {
		return nil, nil
	}
	return nil, f.fail(propertyNotFound, "PropertyNotFoundStrict", "NotSpecified", nil,
		"The property '%s' cannot be found on this object. Verify that the property exists.", name)
}
