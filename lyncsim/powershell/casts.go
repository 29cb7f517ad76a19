package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// typeNamed finds the type of a [name].
func (f *frame) typeNamed(n *syntax.TypeName) (*dotnet.Type, error) {
	name := n.String()
	if n.Assembly != "" {
		name = strings.TrimSuffix(name, ","+n.Assembly)
	}
	if t, ok := dotnet.Lookup(name); ok {
		return t, nil
	}
	for _, namespace := range f.rs.usings {
		if t, ok := dotnet.Lookup(namespace + "." + name); ok {
			return t, nil
		}
	}
	if dotnet.Known(name) || len(f.rs.usings) > 0 {
		return nil, f.refuse("the type [" + name + "]")
	}
	return nil, f.fail(runtimeException, "TypeNotFound", "InvalidOperation", name, "Unable to find type [%s].", name)
}

// convert is a cast. [ordered] and [pscustomobject] before a literal keep the
// order of its entries.
func (f *frame) convert(e *syntax.ConvertExpression) (any, error) {
	name := strings.ToLower(e.Type.Type.String())
	if literal, ok := e.Operand.(*syntax.Hashtable); ok && (name == "ordered" || name == "pscustomobject") {
		h, err := f.hashtable(literal, value.NewOrdered())
		if err != nil || name == "ordered" {
			return h, err
		}
		return dotnet.Convert(f.rs.env, h, dotnet.MustLookup("pscustomobject"))
	}
	if target, ok := e.Operand.(*syntax.VariableExpression); ok && name == "ref" {
		return f.reference(target)
	}
	t, err := f.typeNamed(e.Type.Type)
	if err != nil {
		return nil, err
	}
	v, err := f.evalRaw(e.Operand)
	if err != nil {
		return nil, err
	}
	if _, nothing := v.(none); nothing && t.Name == "System.String" {
		return nil, nil
	}
	return f.cast(plain(v), t)
}

// cast converts a value, with the engine's error when it cannot.
func (f *frame) cast(v any, t *dotnet.Type) (any, error) {
	if t.Name == "System.Void" {
		return none{}, nil
	}
	if t.Name == "System.String" {
		return f.text(v), nil
	}
	out, err := dotnet.Convert(f.rs.env, v, t)
	if err != nil {
		return nil, f.raising(err)
	}
	return out, nil
}

// reference is [ref]$x: an object that reads and writes the variable itself.
func (f *frame) reference(e *syntax.VariableExpression) (any, error) {
	g := *f
	read := func() any {
		v, err := g.variable(e)
		if err != nil {
			return nil
		}
		return plain(v)
	}
	if e.Qualifier() == "" {
		if v, ok := f.scope.find(e.Name); ok {
			return &dotnet.Reference{Read: func() any { return plain(v.value) }, Write: func(x any) error { v.value = x; return nil }}, nil
		}
	}
	return &dotnet.Reference{Read: read, Write: func(v any) error { return g.assignVariable(e, v) }}, nil
}
