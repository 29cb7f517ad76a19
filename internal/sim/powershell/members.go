package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/syntax"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
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
	return f.missingProperty(target, name)
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
	if found || f.scope.strictness() == 0 {
		return v, nil
	}
	return f.missingProperty(target, name)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// property reads an instance member; false when there is none of that name.
func (f *frame) property(target any, name string) (any, bool, error) {
	if target == nil {
		counts := strings.EqualFold(name, "Count") || strings.EqualFold(name, "Length")
		return int32(0), counts && f.scope.strictness() == 0, nil
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
	if v, found, err := f.common(target, name); found || err != nil {
		return v, found, err
	}
	v, found, err := dotnet.Get(f.rs.env, dotnet.TypeOf(target), target, name)
	if found || err != nil {
		return v, found, f.raising(err)
	}
	return f.eachProperty(target, name)
}

// common are the members that every value has: PSObject, Count and Length of
// single values.
func (f *frame) common(target any, name string) (any, bool, error) {
	switch strings.ToLower(name) {
	case "psobject":
		return dotnet.ObjectView(f.rs.env, target), true, nil
	case "pstypenames":
		return value.NewList("System.String", toAny(dotnet.Ancestors(target))...), true, nil
	case "count", "length":
		if t := dotnet.TypeOf(target); hasMember(t, target, name) || f.scope.strictness() > 0 {
			return nil, false, nil
		}
		return int32(1), true, nil
	}
	return nil, false, nil
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
		if found {
			all = append(all, value.Unroll(plain(v))...)
			if v == nil {
				all = append(all, nil)
			}
		}
	}
	if len(all) == 0 {
		return nil, false, nil
	}
	return fold(all), true, nil
}

// missingProperty is $null, or the error of strict mode.
func (f *frame) missingProperty(target any, name string) (any, error) {
	if f.scope.strictness() < 2 {
		return nil, nil
	}
	return nil, f.fail(propertyNotFound, "PropertyNotFoundStrict", "NotSpecified", nil,
		"The property '%s' cannot be found on this object. Verify that the property exists.", name)
}

// callMember is $x.Name(…) or [type]::Name(…).
func (f *frame) callMember(e *syntax.InvokeMemberExpression) (any, error) {
	target, err := f.eval(e.Target)
	if err != nil {
		return nil, err
	}
	name, err := f.memberName(e.Member)
	if err != nil {
		return nil, err
	}
	args := make([]any, len(e.Arguments))
	for i, a := range e.Arguments {
		if args[i], err = f.eval(a); err != nil {
			return nil, err
		}
	}
	f.at = e.Span()
	if e.Static {
		return f.callStatic(target, name, args)
	}
	return f.call(target, name, args)
}

func (f *frame) callStatic(target any, name string, args []any) (any, error) {
	t, ok := target.(*dotnet.Type)
	if !ok {
		return nil, f.refuse("static methods of " + value.TypeName(target))
	}
	f.rs.env.Context = f.ctx
	if strings.EqualFold(name, "new") {
		v, err := dotnet.Construct(f.rs.env, t, args)
		if err != nil {
			return nil, f.methodFailed(err, ".ctor", len(args))
		}
		return v, nil
	}
	v, err := dotnet.Invoke(f.rs.env, t, nil, name, args)
	if err != nil {
		return nil, f.methodFailed(err, name, len(args))
	}
	return result(v), nil
}

// result is what a method call puts out: a method without a result puts out nothing.
func result(v any) any {
	if v == dotnet.Void {
		return none{}
	}
	return v
}

// call is an instance method of a value.
func (f *frame) call(target any, name string, args []any) (any, error) {
	if target == nil {
		return nil, f.fail(runtimeException, "InvokeMethodOnNull", "InvalidOperation", nil,
			"You cannot call a method on a null-valued expression.")
	}
	f.rs.env.Context = f.ctx
	if out, ok, err := f.collectionMethod(target, name, args); ok || err != nil {
		return out, err
	}
	if o, ok := target.(*value.Object); ok {
		if m, ok := o.Methods[strings.ToLower(name)]; ok {
			v, err := m(args)
			if err != nil {
				return nil, f.methodFailed(err, name, len(args))
			}
			return value.From(v), nil
		}
	}
	t := dotnet.TypeOf(target)
	if items, ok := value.Items(target); ok && !hasMember(t, target, name) {
		return f.callEach(items, name, args)
	}
	v, err := dotnet.Invoke(f.rs.env, t, target, name, args)
	if err != nil {
		return nil, f.methodFailed(err, name, len(args))
	}
	return result(v), nil
}

// callEach calls the method on every element of a collection.
func (f *frame) callEach(items []any, name string, args []any) (any, error) {
	var all []any
	for _, item := range items {
		v, err := f.call(item, name, args)
		if err != nil {
			return nil, err
		}
		if _, nothing := v.(none); !nothing {
			all = append(all, value.Unroll(v)...)
		}
	}
	return fold(all), nil
}

// collectionMethod runs .Where() and .ForEach(), which every value has.
func (f *frame) collectionMethod(target any, name string, args []any) (any, bool, error) {
	where := strings.EqualFold(name, "Where")
	if !where && !strings.EqualFold(name, "ForEach") || len(args) == 0 {
		return nil, false, nil
	}
	if l, ok := target.(*value.List); ok && !where && strings.HasPrefix(l.Type, "System.Collections.Generic.List") && len(args) != 1 {
		return nil, false, nil
	}
	block, ok := args[0].(*ScriptBlock)
	if !ok {
		return nil, false, f.refuse("." + name + "() with something else than a script block")
	}
	if len(args) > 1 {
		return nil, false, f.refuse("." + name + "() with more than one argument")
	}
	var out []any
	for _, item := range value.Unroll(target) {
		got, err := f.invokeBlock(f.ctx, block, item, nil)
		if err != nil {
			return nil, false, err
		}
		switch {
		case !where:
			out = append(out, got...)
		case value.Truth(plain(fold(got))):
			out = append(out, item)
		}
	}
	return value.NewCollection("System.Collections.ObjectModel.Collection`1[System.Management.Automation.PSObject]", out...), true, nil
}
