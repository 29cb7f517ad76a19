package utility

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func getMember() cmdlet {
	return cmdlet{name: "Get-Member", heeds: "InputObject Name MemberType",
		process: gather,
		end: func(_ context.Context, c *powershell.Call) error {
			if len(gathered(c)) == 0 {
				return c.WriteError(powershell.NewErrorRecord("System.InvalidOperationException", "NoObjectInGetMember", "CloseError", nil,
					"You must specify an object for the Get-Member cmdlet."))
			}
			return emitMembers(c)
		}}
}

// emitMembers lists the members of the input objects, once for each class of object.
func emitMembers(c *powershell.Call) error {
	var seen []string
	for _, item := range gathered(c) {
		name := value.TypeName(item)
		if slices.Contains(seen, name) {
			continue
		}
		seen = append(seen, name)
		for _, m := range membersOf(c, item) {
			if !asked(c, "Name", m.name) || !asked(c, "MemberType", m.kind) {
				continue
			}
			o := value.NewObject("Microsoft.PowerShell.Commands.MemberDefinition").Set("TypeName", name).Set("Name", m.name).
				Set("MemberType", m.kind).Set("Definition", m.definition)
			if err := c.EmitWhole(o); err != nil {
				return err
			}
		}
	}
	return nil
}

func asked(c *powershell.Call, parameter, have string) bool {
	patterns := c.Texts(parameter)
	if parameter == "MemberType" && len(patterns) > 0 {
		patterns = strings.Split(patterns[0], ", ")
	}
	for _, kinds := range []string{"Property", "Method"} {
		all := strings.TrimSuffix(kinds, "y") + map[string]string{"Property": "ies", "Method": "s"}[kinds]
		if parameter == "MemberType" && slices.Contains(patterns, all) && strings.HasSuffix(have, kinds) {
			return true
		}
	}
	return len(patterns) == 0 || slices.Contains(patterns, "All") || matchesAny(patterns, have)
}

// member is one line of the output of Get-Member.
type member struct{ name, kind, definition string }

// membersOf lists the methods, then the properties, both sorted by name.
func membersOf(c *powershell.Call, item any) []member {
	env := c.Runspace().Env()
	var list []member
	for _, p := range dotnet.PropertiesOf(env, item) {
		name, v := value.Text(ask(env, p, "Name")), ask(env, p, "Value")
		m := member{name, value.Text(ask(env, p, "MemberType")), ""}
		m.definition = fmt.Sprintf("%s %s {get;}", shortType(v), name)
		if m.kind == "NoteProperty" {
			m.definition = fmt.Sprintf("%s %s=%s", shortType(v), name, value.Text(v))
		}
		list = append(list, m)
	}
	for _, name := range methodsOf(item) {
		list = append(list, member{name, "Method", name + "()"})
	}
	slices.SortStableFunc(list, func(a, b member) int {
		return strings.Compare(a.kind+"\x00"+strings.ToLower(a.name), b.kind+"\x00"+strings.ToLower(b.name))
	})
	return list
}

// methodsOf are the methods of a value's class and of those it derives from.
func methodsOf(item any) []string {
	var names []string
	for _, class := range append(dotnet.Ancestors(item), "System.Object") {
		t, ok := dotnet.Lookup(class)
		if !ok {
			continue
		}
		for _, m := range t.Members {
			if m.Call != nil && m.Name != "Dispose" && !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	return names
}

// shortType is the name of a value's type in the form that definitions use.
func shortType(v any) string {
	switch name := value.TypeName(v); name {
	case "":
		return "object"
	case "System.Int32":
		return "int"
	case "System.Int64":
		return "long"
	case "System.Boolean":
		return "bool"
	case "System.String", "System.Object[]", "System.Char", "System.Double", "System.Decimal", "System.Byte":
		return strings.ToLower(value.ShortName(name))
	default:
		return value.ShortName(name)
	}
}
