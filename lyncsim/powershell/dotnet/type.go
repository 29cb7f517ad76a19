package dotnet

import (
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Type is a .NET type, the value of [name] in a script. Types do not change any more once
// the table of types is built.
type Type struct {
	Name    string // full .NET name
	Base    string // full name of the base class; empty means System.Object
	Elem    *Type  // element type of arrays and lists
	Enum    *value.EnumType
	Zero    any // the zero of a value type; nil for reference types
	Static  Members
	Members Members
	// New is the constructor. It is nil when scripts cannot make an instance.
	New func(a *Args) (any, error)
	// Convert makes a value of the type from another value, as a cast does. Its error is a
	// CastError when the value cannot be converted.
	Convert func(e *Env, v any) (any, error)
	// Refused names members that the .NET type has and this type does not.
	Refused []string
}

// TypeName is the .NET name of the class whose instances are types.
func (t *Type) TypeName() string { return "System.RuntimeType" }

// MethodText is the full name. The ToString method of a type gives it.
func (t *Type) MethodText() string { return t.Name }

// String is the short name that PowerShell has for the type, or the full name.
func (t *Type) String() string {
	if t.Elem != nil && t.IsArray() {
		if short, ok := shortNames[t.Elem.Name]; ok {
			return short + "[]"
		}
	}
	if short, ok := shortNames[t.Name]; ok {
		return short
	}
	return t.Name
}

// Short is the name without the namespace.
func (t *Type) Short() string { return value.ShortName(t.Name) }

// IsArray reports whether the type is an array type.
func (t *Type) IsArray() bool { return strings.HasSuffix(t.Name, "[]") }

// Members are the members of a type by lower-case name.
type Members map[string]Member

// Member is a property (Get, Set) or a method (Call).
type Member struct {
	Name     string
	Min, Max int // smallest and largest number of arguments of a method
	Call     func(self any, a *Args) (any, error)
	Get      func(e *Env, self any) (any, error)
	Set      func(e *Env, self, v any) error
}

// Dynamic is a value that has members beyond those of its type.
type Dynamic interface {
	// Member looks a member up without regard to case.
	Member(name string) (Member, bool)
}

// members makes the table of members.
func members(list ...Member) Members {
	table := make(Members, len(list))
	for _, m := range list {
		table[strings.ToLower(m.Name)] = m
	}
	return table
}

// with adds the members of another table.
func (m Members) with(other Members) Members {
	for k, v := range other {
		if _, ok := m[k]; !ok {
			m[k] = v
		}
	}
	return m
}

// prop declares a property that depends on the value alone.
func prop[T any](name string, get func(self T) any) Member {
	return Member{Name: name, Get: func(_ *Env, self any) (any, error) {
		return value.From(get(self.(T))), nil
	}}
}

// method declares a method with its smallest and largest number of arguments.
func method[T any](name string, least, most int, call func(self T, a *Args) (any, error)) Member {
	return Member{Name: name, Min: least, Max: most, Call: func(self any, a *Args) (any, error) {
		return call(self.(T), a)
	}}
}

// static declares a static method.
func static(name string, least, most int, call func(a *Args) (any, error)) Member {
	return Member{Name: name, Min: least, Max: most, Call: func(_ any, a *Args) (any, error) { return call(a) }}
}

// constant declares a static property that never changes.
func constant(name string, v any) Member {
	return Member{Name: name, Get: func(*Env, any) (any, error) { return v, nil }}
}

// current declares a static property that is computed each time it is read.
func current(name string, get func(e *Env) (any, error)) Member {
	return Member{Name: name, Get: func(e *Env, _ any) (any, error) { return get(e) }}
}

type void struct{}

// Void is the result of a method that returns nothing. $null is another result.
var Void any = void{}

// sortedMembers lists members by name.
func sortedMembers(table Members) []Member {
	list := make([]Member, 0, len(table))
	for _, m := range table {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	return list
}
