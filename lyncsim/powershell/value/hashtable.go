package value

import "strings"

// Hashtable is @{}, [ordered]@{} and Dictionary`2. Keys keep the order in which they
// were added. A .NET Hashtable promises no order, so this order is a valid one for it too.
type Hashtable struct {
	Type          string // full .NET name
	Ordered       bool   // for [ordered]: an integer key is a position
	CaseSensitive bool   // true for [hashtable]::new() and Dictionary`2, false for @{}
	keys          []any
	vals          map[any]any
	changes       int // counts entries that were set or removed
}

// Entries makes a collection of the table's keys or of its values. A later change of the
// table invalidates an enumeration of that collection.
func (h *Hashtable) Entries(typeName string, items []any) *List {
	return &List{Type: typeName, Fixed: true, items: items, of: func() int { return h.changes }}
}

// Names of the dictionary types that literals make.
const (
	HashtableType = "System.Collections.Hashtable"
	OrderedType   = "System.Collections.Specialized.OrderedDictionary"
)

// NewHashtable makes an empty @{}.
func NewHashtable() *Hashtable { return &Hashtable{Type: HashtableType} }

// NewOrdered makes an empty [ordered]@{}.
func NewOrdered() *Hashtable { return &Hashtable{Type: OrderedType, Ordered: true} }

// NewDictionary makes an empty Dictionary`2 or another case-sensitive table.
func NewDictionary(typeName string) *Hashtable {
	return &Hashtable{Type: typeName, CaseSensitive: true}
}

// TypeName is the .NET name of the table.
func (h *Hashtable) TypeName() string { return h.Type }

func (h *Hashtable) fold(key any) any {
	switch k := key.(type) {
	case string:
		if h.CaseSensitive {
			return k
		}
		return strings.ToLower(k)
	case []any, []byte:
		return &key // a new pointer, so that arrays are never equal as keys
	}
	return key
}

// Set adds or replaces an entry and returns the table, for chaining.
func (h *Hashtable) Set(key, v any) *Hashtable {
	h.changes++
	k := h.fold(From(key))
	if h.vals == nil {
		h.vals = make(map[any]any)
	}
	if _, ok := h.vals[k]; !ok {
		h.keys = append(h.keys, From(key))
	}
	h.vals[k] = From(v)
	return h
}

// Get returns the entry of a key.
func (h *Hashtable) Get(key any) (any, bool) {
	v, ok := h.vals[h.fold(key)]
	return v, ok
}

// Remove deletes the entry of a key. A missing entry is no error.
func (h *Hashtable) Remove(key any) {
	k := h.fold(key)
	if _, ok := h.vals[k]; !ok {
		return
	}
	h.changes++
	delete(h.vals, k)
	for i, have := range h.keys {
		if h.fold(have) == k {
			h.keys = append(h.keys[:i:i], h.keys[i+1:]...)
			return
		}
	}
}

// Clear deletes all entries.
func (h *Hashtable) Clear() { h.keys, h.vals = nil, nil }

// Len is the number of entries.
func (h *Hashtable) Len() int { return len(h.keys) }

// Keys are the keys in order. The slice must not be changed.
func (h *Hashtable) Keys() []any { return h.keys }

// Values are the values in the order of Keys.
func (h *Hashtable) Values() []any {
	values := make([]any, len(h.keys))
	for i, k := range h.keys {
		values[i] = h.vals[h.fold(k)]
	}
	return values
}

// At is the value at a position, which only [ordered] tables are asked for.
func (h *Hashtable) At(i int) (any, bool) {
	if i < 0 || i >= len(h.keys) {
		return nil, false
	}
	return h.Get(h.keys[i])
}

// Clone copies the table, one level deep.
func (h *Hashtable) Clone() *Hashtable {
	c := &Hashtable{Type: h.Type, Ordered: h.Ordered, CaseSensitive: h.CaseSensitive}
	for _, k := range h.keys {
		v, _ := h.Get(k)
		c.Set(k, v)
	}
	return c
}

// Entry is one key with its value, as GetEnumerator gives it.
type Entry struct{ Key, Value any }

// TypeName is the .NET name of an entry.
func (Entry) TypeName() string { return "System.Collections.DictionaryEntry" }
