package utility

import (
	"context"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// addMember adds note properties to objects that can have them. Its positions
// are shared by three forms: a kind with name and value, a name and value, a table.
func addMember() *powershell.Command {
	free := func(position int, name string, aliases ...string) powershell.Parameter {
		return powershell.Parameter{Name: name, Aliases: aliases, AllowNull: true, Sets: powershell.Optional(position)}
	}
	return &powershell.Command{Name: "Add-Member", Class: "Microsoft.PowerShell.Commands.AddMemberCommand",
		Parameters: append([]powershell.Parameter{
			{Name: "InputObject", Sets: []powershell.ParameterSet{{Mandatory: true, Position: powershell.Named, FromPipeline: true}}},
			free(0, "MemberType", "Type"), free(1, "Name"), free(2, "Value"), free(3, "SecondValue"),
			named("NotePropertyName", "String"), named("NotePropertyValue", ""), named("NotePropertyMembers", "System.Collections.IDictionary"),
			named("TypeName", "String"),
		}, flags("Force", "PassThru")...),
		Process: eachSubject(func(_ context.Context, c *powershell.Call, item any) error { return addMembers(c, item) })}
}

// notes are the properties to add.
func notes(c *powershell.Call) (*value.Hashtable, error) {
	for _, parameter := range []string{"NotePropertyMembers", "MemberType"} {
		if table, ok := c.Value(parameter).(*value.Hashtable); ok {
			return table, nil
		}
	}
	h, first := value.NewHashtable(), c.Text("MemberType")
	switch {
	case c.Has("TypeName"), c.Has("SecondValue"):
		return nil, dotnet.Refuse("Add-Member -TypeName or -SecondValue")
	case c.Has("NotePropertyName"):
		return h.Set(c.Text("NotePropertyName"), c.Value("NotePropertyValue")), nil
	case strings.EqualFold(first, "NoteProperty"):
		return h.Set(c.Text("Name"), c.Value("Value")), nil
	case c.Has("Value"), first == "":
		return nil, dotnet.Refuse("Add-Member of a %s", first)
	}
	return h.Set(first, c.Value("Name")), nil
}

func addMembers(c *powershell.Call, item any) error {
	o, ok := item.(*value.Object)
	if !ok {
		return dotnet.Refuse("Add-Member to a %s", value.TypeName(item))
	}
	table, err := notes(c)
	if err != nil {
		return err
	}
	for _, k := range table.Keys() {
		v, _ := table.Get(k)
		name := value.Text(k)
		if _, exists := o.Get(name); exists && !c.On("Force") {
			err := c.WriteError(powershell.NewErrorRecord("System.InvalidOperationException", "MemberAlreadyExists", "InvalidOperation", item,
				fmt.Sprintf("Cannot add a member with the name \"%s\" because a member with that name already exists. "+
					"To overwrite the member anyway, add the Force parameter to your command.", name)))
			if err != nil {
				return err
			}
			continue
		}
		o.Set(name, v)
	}
	if c.On("PassThru") {
		return c.EmitWhole(item)
	}
	return nil
}
