package utility

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// forEachMember is ForEach-Object with the name of a member. It reads the property or
// calls the method of that name. A member that the object lacks gives $null; with
// arguments, which only a method takes, it is an error.
func forEachMember(c *powershell.Call, item any) error {
	name, args := c.Text("MemberName"), value.Unroll(c.Value("ArgumentList"))
	if len(args) == 1 {
		args = value.Unroll(args[0]) // 0,2 arrives as one argument that holds two
	}
	if powershell.HasWildcards(name) {
		return dotnet.Refuse("a pattern as the member of ForEach-Object")
	}
	if item == nil {
		return memberOfNull(c, name)
	}
	if !c.Has("ArgumentList") {
		if v, found, err := c.Property(item, name); found || err != nil {
			if err != nil {
				return err
			}
			return c.Emit(v)
		}
	}
	if !c.HasMethod(item, name) {
		return noMember(c, item, name)
	}
	v, err := c.Method(item, name, args)
	if err != nil {
		return err
	}
	return c.Emit(v)
}

func memberOfNull(c *powershell.Call, name string) error {
	switch {
	case c.Has("ArgumentList"):
		return c.WriteError(memberError("InvokeMethodOnNull", "You cannot call a method on a null-valued expression."))
	case c.Strictness() >= 2:
		return c.WriteError(memberError("InputObjectIsNull", "Cannot operate on a 'null' input object."))
	}
	return c.EmitWhole(nil)
}

func noMember(c *powershell.Call, item any, name string) error {
	switch {
	case c.Has("ArgumentList"):
		return c.WriteError(memberError("MethodNotFound", fmt.Sprintf("Input name \"%s\" cannot be resolved to a method.", name)))
	case c.Strictness() >= 2 && !isCollection(item):
		return c.WriteError(memberError("PropertyOrMethodNotFound", fmt.Sprintf("The input name \"%s\" cannot be resolved to a member.", strings.TrimSpace(name))))
	}
	return c.EmitWhole(nil)
}

func memberError(id, message string) *value.ErrorRecord {
	return powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", id, "InvalidArgument", nil, message)
}
