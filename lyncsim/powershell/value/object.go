package value

import (
	"slices"
	"strings"
)

// Property is one named value of an Object.
type Property struct {
	Name  string
	Value any
}

// Method is a member function that an Object carries.
type Method func(args []any) (any, error)

// Object is a list of named properties with type names. [pscustomobject] is an Object,
// and cmdlets return Objects, e.g. Microsoft.Rtc.Management.Deploy.Internal.Site.
// Property names are unique without regard to case and keep their order.
type Object struct {
	TypeNames []string          // most derived first; never empty
	Text      func() string     // its ToString; nil means the default of the type
	Methods   map[string]Method // keys in lower case; nil for most objects
	Adapted   bool              // a .NET instance, to which no property can be added
	props     []Property
	index     map[string]int
}

// CustomObject is the type name of [pscustomobject].
const CustomObject = "System.Management.Automation.PSCustomObject"

// NewObject makes an object of these types, most derived first. Without any type it
// makes a [pscustomobject].
func NewObject(typeNames ...string) *Object {
	if len(typeNames) == 0 {
		typeNames = []string{CustomObject}
	}
	return &Object{TypeNames: append(typeNames, "System.Object")}
}

// TypeName is the .NET type of the object. It is PSCustomObject for every custom object,
// also when Select-Object or PSTypeName put another name first in TypeNames.
func (o *Object) TypeName() string {
	if o.IsCustom() {
		return CustomObject
	}
	return o.TypeNames[0]
}

// IsCustom reports whether the object is a [pscustomobject] and no instance of a .NET
// class.
func (o *Object) IsCustom() bool {
	return slices.Contains(o.TypeNames, CustomObject) || strings.HasPrefix(o.TypeNames[0], "Selected.")
}

// Set adds or replaces a property and returns the object, for chaining.
func (o *Object) Set(name string, v any) *Object {
	v = From(v)
	key := strings.ToLower(name)
	if i, ok := o.index[key]; ok {
		o.props[i].Value = v
		return o
	}
	if o.index == nil {
		o.index = make(map[string]int)
	}
	o.index[key] = len(o.props)
	o.props = append(o.props, Property{Name: name, Value: v})
	return o
}

// Get returns a property's value; the name's case does not matter.
func (o *Object) Get(name string) (any, bool) {
	i, ok := o.index[strings.ToLower(name)]
	if !ok {
		return nil, false
	}
	return o.props[i].Value, true
}

// Remove takes a property away. A missing property is no error.
func (o *Object) Remove(name string) {
	key := strings.ToLower(name)
	at, ok := o.index[key]
	if !ok {
		return
	}
	o.props = append(o.props[:at:at], o.props[at+1:]...)
	delete(o.index, key)
	for k, i := range o.index {
		if i > at {
			o.index[k] = i - 1
		}
	}
}

// Properties lists the properties in order. The slice must not be changed.
func (o *Object) Properties() []Property { return o.props }

// Clone copies the object, one level deep.
func (o *Object) Clone() *Object {
	c := *o
	c.props = append([]Property(nil), o.props...)
	c.index = make(map[string]int, len(o.index))
	for k, i := range o.index {
		c.index[k] = i
	}
	return &c
}
