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

// Object is a property bag with type names: [pscustomobject] and what cmdlets
// return, e.g. Microsoft.Rtc.Management.Deploy.Internal.Site. Property names
// are unique without regard to case and keep their order.
type Object struct {
	TypeNames []string          // most derived first; never empty
	Text      func() string     // ToString; nil gives the type's default
	Methods   map[string]Method // keys in lower case; nil for most objects
	Adapted   bool              // a .NET instance: its properties cannot be added to
	props     []Property
	index     map[string]int
}

// CustomObject is the type name of [pscustomobject].
const CustomObject = "System.Management.Automation.PSCustomObject"

// NewObject makes an object of these types, most derived first; with none it
// is a [pscustomobject].
func NewObject(typeNames ...string) *Object {
	if len(typeNames) == 0 {
		typeNames = []string{CustomObject}
	}
	return &Object{TypeNames: append(typeNames, "System.Object")}
}

// TypeName is the .NET type of the object. A custom object stays one whatever
// names (Selected.…, PSTypeName) stand before.
func (o *Object) TypeName() string {
	if o.IsCustom() {
		return CustomObject
	}
	return o.TypeNames[0]
}

// IsCustom tells a [pscustomobject] from an instance of a .NET class.
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

// Remove takes a property away; a missing one is no error.
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
