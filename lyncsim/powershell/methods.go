package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

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
	if err := f.mayCall(t); err != nil {
		return nil, err
	}
	if strings.EqualFold(name, "new") {
		if err := f.missingMethod("5.0", t, name); err != nil {
			return nil, err
		}
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

// result is the output of a method call. A method without a result puts out nothing.
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
			if v == dotnet.Void {
				return none{}, nil
			}
			return value.From(v), nil
		}
	}
	t := dotnet.TypeOf(target)
	if err := f.mayCall(t); err != nil {
		return nil, err
	}
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
	if err := f.missingMethod(V40, dotnet.TypeOf(target), name); err != nil {
		return nil, false, err
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
