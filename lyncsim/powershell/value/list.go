package value

import "strings"

// List is an array of a declared element type, an ArrayList, a List`1 or another
// collection. Object[] and Byte[] are Go slices instead.
type List struct {
	Type  string // full .NET name, e.g. "System.String[]"
	Elem  string // element type, "" for any
	Fixed bool   // an array or read-only collection: its length cannot change
	items []any
	// changes counts changes of the list itself. When the list holds the keys or values of
	// a Hashtable, of is set and gives the count of that table's changes instead.
	changes int
	of      func() int
}

// Changes counts the changes of the list. An enumeration that sees another count than
// at its start is invalid.
func (l *List) Changes() int {
	if l.of != nil {
		return l.of()
	}
	return l.changes
}

// NewArray makes an array of the element type; "System.Object" or "" gives a []any.
func NewArray(elem string, items ...any) any {
	if elem == "" || elem == "System.Object" {
		if items == nil {
			items = []any{}
		}
		return items
	}
	return &List{Type: elem + "[]", Elem: elem, Fixed: true, items: items}
}

// NewArrayList makes a System.Collections.ArrayList.
func NewArrayList(items ...any) *List {
	return &List{Type: "System.Collections.ArrayList", items: items}
}

// NewList makes a System.Collections.Generic.List of the element type.
func NewList(elem string, items ...any) *List {
	return &List{Type: "System.Collections.Generic.List`1[" + elem + "]", Elem: elem, items: items}
}

// NewCollection makes a list of a named collection type.
func NewCollection(typeName string, items ...any) *List {
	return &List{Type: typeName, Fixed: true, items: items}
}

// TypeName is the .NET name of the collection.
func (l *List) TypeName() string { return l.Type }

// IsArray reports whether the list is a .NET array and no other collection.
func (l *List) IsArray() bool { return strings.HasSuffix(l.Type, "[]") }

// Items are the elements. The slice shares the list's storage.
func (l *List) Items() []any { return l.items }

// Len is the number of elements.
func (l *List) Len() int { return len(l.items) }

// Append adds elements at the end. The caller must have checked that the list is not
// Fixed and that the elements have its element type.
func (l *List) Append(items ...any) {
	l.items = append(l.items, items...)
	l.changes++
}

// Replace replaces all elements by the given ones.
func (l *List) Replace(items []any) {
	l.items = items
	l.changes++
}
