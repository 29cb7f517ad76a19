package dotnet

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Invoke calls a member as a method. The error is a *MissingMember when there is no such
// method, or none with this number of arguments. It is an *Unsupported when .NET has the
// method and the simulator does not. Otherwise it is the exception that the method threw.
func Invoke(e *Env, t *Type, self any, name string, args []any) (any, error) {
	m, ok := t.lookup(self, name)
	if m.Call == nil {
		m, ok = t.find(name, self == nil)
	}
	if !ok || m.Call == nil {
		if t.refuses(name) {
			return nil, Refuse("[%s].%s()", t.Name, name)
		}
		return nil, &MissingMember{Type: t.Name, Name: name, Method: true}
	}
	if len(args) < m.Min || len(args) > m.Max {
		return nil, &MissingMember{Type: t.Name, Name: name, Method: true, Arguments: len(args), Known: true}
	}
	a := NewArgs(e, args)
	v, err := m.Call(self, a)
	if err == nil {
		err = a.err
	}
	return value.From(v), err
}

// Construct makes an instance.
func Construct(e *Env, t *Type, args []any) (any, error) {
	if t.New == nil {
		return nil, Refuse("[%s]::new()", t.Name)
	}
	a := NewArgs(e, args)
	v, err := t.New(a)
	if err == nil {
		err = a.err
	}
	return v, err
}

// Get reads a property. The second result is false when the type has no such property.
func Get(e *Env, t *Type, self any, name string) (any, bool, error) {
	m, ok := t.lookup(self, name)
	if !ok || m.Get == nil {
		if t.refuses(name) {
			return nil, false, Refuse("[%s].%s", t.Name, name)
		}
		return nil, false, nil
	}
	v, err := m.Get(e, self)
	return v, true, err
}

// Set writes a property. The error is a *MissingMember when there is none.
func Set(e *Env, t *Type, self any, name string, v any) error {
	m, ok := t.lookup(self, name)
	if !ok || m.Get == nil && m.Set == nil {
		if t.refuses(name) {
			return Refuse("[%s].%s = …", t.Name, name)
		}
		return &MissingMember{Type: t.Name, Name: name}
	}
	if m.Set == nil {
		return &MissingMember{Type: t.Name, Name: m.Name, Known: true}
	}
	return m.Set(e, self, v)
}

// HasMethod reports whether the type has a method of that name, or .NET has one that the
// simulator refuses.
func HasMethod(t *Type, self any, name string) bool {
	m, ok := t.lookup(self, name)
	return ok && m.Call != nil || t.refuses(name)
}

// Find looks an instance member up in the type and its base types.
func (t *Type) Find(name string) (Member, bool) { return t.find(name, false) }

func (t *Type) lookup(self any, name string) (Member, bool) {
	if d, ok := self.(Dynamic); ok {
		if m, ok := d.Member(name); ok {
			return m, true
		}
	}
	return t.find(name, self == nil)
}

func (t *Type) find(name string, static bool) (Member, bool) {
	key := strings.ToLower(name)
	for at := t; at != nil; at = at.parent() {
		table := at.Members
		if static {
			table = at.Static
		}
		if m, ok := table[key]; ok {
			return m, true
		}
	}
	return Member{}, false
}

func (t *Type) parent() *Type {
	if t.Name == "System.Object" {
		return nil
	}
	switch {
	case t.Base == "" && t.Enum != nil:
		return table().byName["system.enum"]
	case t.Base == "" && t.Zero != nil && t.Name != "System.ValueType":
		return table().byName["system.valuetype"]
	case t.Base == "":
		return table().byName["system.object"]
	}
	parent, _ := Lookup(t.Base)
	return parent
}

func (t *Type) refuses(name string) bool {
	for at := t; at != nil; at = at.parent() {
		for _, r := range at.Refused {
			if r == "*" || strings.EqualFold(r, name) {
				return true
			}
		}
	}
	return false
}

// MissingMember reports a missing member of a type. With Known set the type has a member
// of that name: either a method that does not take this number of arguments (Method is
// set), or a read-only property.
type MissingMember struct {
	Type, Name string
	Method     bool
	Known      bool
	Arguments  int
}

// Error is the message as PowerShell words it.
func (m *MissingMember) Error() string {
	switch {
	case m.Method && m.Known:
		return fmt.Sprintf("Cannot find an overload for \"%s\" and the argument count: \"%d\".", m.Name, m.Arguments)
	case m.Method:
		return fmt.Sprintf("Method invocation failed because [%s] does not contain a method named '%s'.", m.Type, m.Name)
	case m.Known:
		return fmt.Sprintf("'%s' is a ReadOnly property.", m.Name)
	}
	return fmt.Sprintf("The property '%s' cannot be found on this object. Verify that the property exists and can be set.", m.Name)
}
