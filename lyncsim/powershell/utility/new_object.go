package utility

import (
	"context"
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func newObject() cmdlet {
	return cmdlet{name: "New-Object", heeds: "TypeName ArgumentList Property",
		process: func(ctx context.Context, c *powershell.Call) error {
			env := c.Runspace().Env()
			env.Context = ctx
			if t, ok := dotnet.Lookup(c.Text("TypeName")); ok {
				if err := c.MayCreate(t); err != nil {
					return err
				}
			}
			made, err := construct(env, c.Text("TypeName"), value.Unroll(c.Value("ArgumentList")))
			if err != nil {
				return err
			}
			if err := setProperties(env, made, c.Value("Property")); err != nil {
				return err
			}
			return c.EmitWhole(made)
		}}
}

// construct makes an instance of a class by its name.
func construct(env *dotnet.Env, name string, args []any) (any, error) {
	t, ok := dotnet.Lookup(name)
	if !ok {
		if dotnet.Known(name) {
			return nil, dotnet.Refuse("the type [%s]", name)
		}
		return nil, powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", "TypeNotFound", "InvalidType", nil,
			fmt.Sprintf("Cannot find type [%s]: verify that the assembly containing this type is loaded.", name))
	}
	if t.IsArray() && len(args) == 1 {
		return nil, dotnet.Refuse("New-Object of an array")
	}
	made, err := dotnet.Construct(env, t, args)
	if exception, thrown := errors.AsType[*value.Exception](err); thrown {
		outer := &value.Exception{Type: "System.Management.Automation.MethodInvocationException", Inner: exception,
			Message: fmt.Sprintf("Exception calling \".ctor\" with \"%d\" argument(s): \"%s\"", len(args), exception.Message)}
		return nil, value.NewErrorRecord(outer, "ConstructorInvokedThrowException", "InvalidOperation", nil)
	}
	if _, missing := errors.AsType[*dotnet.MissingMember](err); missing {
		return nil, powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", "CannotFindAppropriateCtor", "ObjectNotFound", nil,
			fmt.Sprintf("A constructor was not found. Cannot find an appropriate constructor for type %s.", name))
	}
	return made, err
}

// setProperties gives an object the entries of -Property, in their order.
func setProperties(env *dotnet.Env, made, table any) error {
	h, ok := table.(*value.Hashtable)
	if !ok {
		return nil
	}
	for _, k := range h.Keys() {
		v, _ := h.Get(k)
		name := value.Text(k)
		if o, ok := made.(*value.Object); ok && o.IsCustom() {
			o.Set(name, v)
			continue
		}
		if err := dotnet.Set(env, dotnet.TypeOf(made), made, name, v); err != nil {
			if _, missing := errors.AsType[*dotnet.MissingMember](err); !missing {
				return err
			}
			return powershell.NewErrorRecord("System.InvalidOperationException", "InvalidOperationException", "InvalidOperation", nil,
				fmt.Sprintf("The member \"%s\" was not found for the specified .NET object.", name))
		}
	}
	return nil
}
