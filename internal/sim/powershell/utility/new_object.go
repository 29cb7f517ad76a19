package utility

import (
	"context"
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

func newObject() *powershell.Command {
	const net, com = "Net", "Com"
	in := func(set, name, typ string, position int, mandatory bool) powershell.Parameter {
		return powershell.Parameter{Name: name, Type: typ, Sets: []powershell.ParameterSet{{Name: set, Position: position, Mandatory: mandatory}}}
	}
	arguments := in(net, "ArgumentList", "Object[]", 1, false)
	arguments.Aliases = []string{"Args"}
	return &powershell.Command{Name: "New-Object", Class: "Microsoft.PowerShell.Commands.NewObjectCommand", DefaultSet: net,
		Parameters: []powershell.Parameter{
			in(net, "TypeName", "String", 0, true), arguments, in(com, "ComObject", "String", 0, true),
			in(com, "Strict", "SwitchParameter", powershell.Named, false), named("Property", "System.Collections.IDictionary"),
		},
		Process: func(ctx context.Context, c *powershell.Call) error {
			if c.Has("ComObject") {
				return dotnet.Refuse("New-Object -ComObject")
			}
			env := c.Runspace().Env()
			env.Context = ctx
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
