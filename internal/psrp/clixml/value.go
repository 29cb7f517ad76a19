// Package clixml reads and writes CLIXML, the XML in which PowerShell Remoting
// carries values (MS-PSRP 2.2.5). It covers the part that a command with typed
// parameters and its answers need. It opens no connection or file, and what it reads
// is bounded.
package clixml

import (
	"strconv"
	"strings"
)

// Value is one value. A nil *Value is PowerShell's $null, and every method can be
// called on it.
type Value struct {
	// Kind is the element's name: of a primitive ("S", "I32", "B" …, MS-PSRP
	// 2.2.5.1), or "Obj".
	Kind string
	// Text of a primitive, with its escapes undone.
	Text string
	// TypeNames of an object, the most derived first; nil when it has none.
	TypeNames []string
	// ToString is the text form that the sender gave an object.
	ToString string
	// Base is the value inside an object: of an enumeration its number. It is never made of
	// the object itself.
	Base *Value
	// List is "LST", "STK", "QUE" or "IE" for an object that holds Items, "DCT"
	// for one that holds Entries.
	List    string
	Items   []*Value
	Entries []Entry
	// Properties are the object's own properties and the attached ones, in the order
	// of the XML. A value may be among its own properties: <Ref> makes cycles.
	Properties []Property
}

// Property is one named value of an object.
type Property struct {
	Name  string
	Value *Value
}

// Entry is one pair of a dictionary.
type Entry struct{ Key, Value *Value }

// String makes the value of a string.
func String(text string) *Value { return &Value{Kind: "S", Text: text} }

// Bool makes a Boolean.
func Bool(b bool) *Value { return &Value{Kind: "B", Text: strconv.FormatBool(b)} }

// Int32 makes a 32-bit number.
func Int32(n int32) *Value { return &Value{Kind: "I32", Text: strconv.FormatInt(int64(n), 10)} }

// Int64 makes a 64-bit number.
func Int64(n int64) *Value { return &Value{Kind: "I64", Text: strconv.FormatInt(n, 10)} }

// Version makes a System.Version, e.g. "2.3".
func Version(text string) *Value { return &Value{Kind: "Version", Text: text} }

// Object makes an object without a type of its own.
func Object(properties ...Property) *Value { return &Value{Kind: "Obj", Properties: properties} }

// List makes a System.Object[].
func List(items ...*Value) *Value {
	return &Value{Kind: "Obj", List: "LST", Items: items,
		TypeNames: []string{"System.Object[]", "System.Array", "System.Object"}}
}

// Enum makes a value of an enumeration.
func Enum(typeName, name string, number int32) *Value {
	return &Value{Kind: "Obj", ToString: name, Base: Int32(number),
		TypeNames: []string{typeName, "System.Enum", "System.ValueType", "System.Object"}}
}

// Get gives the property of that name, or nil when there is none. As in PowerShell,
// upper and lower case are the same.
func (v *Value) Get(name string) *Value {
	if v == nil {
		return nil
	}
	for _, p := range v.Properties {
		if strings.EqualFold(p.Name, name) {
			return p.Value
		}
	}
	return nil
}

// Has reports whether there is a property of that name, $null or not.
func (v *Value) Has(name string) bool {
	if v == nil {
		return false
	}
	for _, p := range v.Properties {
		if strings.EqualFold(p.Name, name) {
			return true
		}
	}
	return false
}

// Int gives a number or an enumeration's number.
func (v *Value) Int() (int64, bool) {
	switch {
	case v == nil:
		return 0, false
	case v.Base != nil:
		return v.Base.Int()
	case bitsOf[v.Kind] == 0:
		return 0, false
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	return n, err == nil
}

// IsString reports whether the value is a string, with or without attached
// properties.
func (v *Value) IsString() bool {
	return v != nil && (v.Kind == "S" || v.Base != nil && v.Base.Kind == "S")
}

// String is the text of a primitive, otherwise the text form that the sender gave
// the object; "" for $null.
func (v *Value) String() string {
	switch {
	case v == nil:
		return ""
	case v.Kind != "Obj":
		return v.Text
	case v.ToString == "" && v.Base != nil:
		return v.Base.Text
	}
	return v.ToString
}

// bitsOf has the size in bits of each type of whole number (MS-PSRP 2.2.5.1.5 to
// 2.2.5.1.12); a negative size means a signed type.
var bitsOf = map[string]int{
	"By": 8, "SB": -8, "U16": 16, "I16": -16, "U32": 32, "I32": -32, "U64": 64, "I64": -64,
}
