package value

import (
	"strconv"
	"strings"
)

// EnumType is a .NET enumeration.
type EnumType struct {
	Name   string // full .NET name
	Flags  bool   // a value can combine several names: 'A, B'
	Values []EnumValue
}

// EnumValue is one name of an enumeration with its number.
type EnumValue struct {
	Name  string
	Value int64
}

// Enum is a value of an enumeration.
type Enum struct {
	Type  *EnumType
	Value int64
}

// NewEnumType makes an enumeration whose names count from 0.
func NewEnumType(fullName string, names ...string) *EnumType {
	t := &EnumType{Name: fullName}
	for i, n := range names {
		t.Values = append(t.Values, EnumValue{Name: n, Value: int64(i)})
	}
	return t
}

// Of is the value with that name. Upper and lower case do not matter. An unknown name
// gives the zero value of the enumeration.
func (t *EnumType) Of(name string) Enum {
	e, _ := t.Parse(name)
	return e
}

// Parse reads a name, a number or a list of names. A list such as 'A, B' gives the
// combined numbers of its names.
func (t *EnumType) Parse(text string) (Enum, bool) {
	sum := int64(0)
	for _, part := range strings.Split(text, ",") {
		n, ok := t.parseOne(strings.TrimSpace(part))
		if !ok {
			return Enum{Type: t}, false
		}
		sum |= n
	}
	return Enum{Type: t, Value: sum}, true
}

func (t *EnumType) parseOne(name string) (int64, bool) {
	for _, v := range t.Values {
		if strings.EqualFold(v.Name, name) {
			return v.Value, true
		}
	}
	n, err := strconv.ParseInt(name, 10, 64)
	return n, err == nil
}

// Has reports whether a number is a value of the enumeration.
func (t *EnumType) Has(n int64) bool {
	if t.Flags {
		return true
	}
	for _, v := range t.Values {
		if v.Value == n {
			return true
		}
	}
	return false
}

// TypeName is the .NET name of the enumeration.
func (e Enum) TypeName() string { return e.Type.Name }

// String is the name of the value, the names of its flags, or the number when no name
// fits.
func (e Enum) String() string {
	for _, v := range e.Type.Values {
		if v.Value == e.Value {
			return v.Name
		}
	}
	if !e.Type.Flags {
		return strconv.FormatInt(e.Value, 10)
	}
	var names []string
	rest := e.Value
	for _, v := range e.Type.Values {
		if v.Value != 0 && rest&v.Value == v.Value {
			names = append(names, v.Name)
			rest &^= v.Value
		}
	}
	if rest != 0 || len(names) == 0 {
		return strconv.FormatInt(e.Value, 10)
	}
	return strings.Join(names, ", ")
}
