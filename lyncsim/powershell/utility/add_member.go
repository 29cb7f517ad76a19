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

// addMember is Add-Member. It adds note properties to objects that can have them.
// -NotePropertyName refuses a name that is also the name of a kind of member.
func addMember() cmdlet {
	return cmdlet{name: "Add-Member", heeds: "InputObject MemberType Name Value NotePropertyName NotePropertyValue NotePropertyMembers TypeName Force PassThru",
		unsaid:  map[string]unsaid{"NotePropertyName": {check: noMemberType}, "NotePropertyValue": {nulls: true}},
		process: eachSubject(func(_ context.Context, c *powershell.Call, item any) error { return addMembers(c, item) })}
}

// memberKinds is the validator of -NotePropertyName: it refuses the names of the kinds.
type memberKinds []string

func noMemberType(powershell.Edition) powershell.Validator {
	return memberKinds{"AliasProperty", "CodeMethod", "CodeProperty", "NoteProperty", "ScriptMethod", "ScriptProperty", "PropertySet", "MemberSet"}
}

// Validate implements powershell.Validator.
func (k memberKinds) Validate(v any) error {
	for _, kind := range k {
		if strings.EqualFold(kind, value.Text(v)) {
			return fmt.Errorf("the parameter is required to be of type %s", kind)
		}
	}
	return nil
}

// notes are the properties to add.
func notes(c *powershell.Call) (*value.Hashtable, error) {
	if table, ok := c.Value("NotePropertyMembers").(*value.Hashtable); ok {
		return table, nil
	}
	h, kind := value.NewHashtable(), c.Text("MemberType")
	switch {
	case c.Has("NotePropertyName"):
		return h.Set(c.Text("NotePropertyName"), c.Value("NotePropertyValue")), nil
	case kind == "NoteProperty":
		return h.Set(c.Text("Name"), c.Value("Value")), nil
	case kind != "":
		return nil, dotnet.Refuse("Add-Member of a %s", kind)
	}
	return h, nil
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
	if name := c.Text("TypeName"); name != "" {
		o.TypeNames = slices.Insert(o.TypeNames, 0, name)
	}
	if c.On("PassThru") {
		return c.EmitWhole(item)
	}
	return nil
}
