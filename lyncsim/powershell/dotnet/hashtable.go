package dotnet

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// tableType declares a dictionary class.
func tableType(name string, make func() *value.Hashtable) *Type {
	t := &Type{Name: name, Members: tableMembers(), Refused: tableRefused}
	if name == value.OrderedType {
		t.Members = members(orderedInsert(), orderedRemoveAt()).with(t.Members)
	}
	t.New = func(a *Args) (any, error) {
		h := make()
		if from, ok := a.At(0).(*value.Hashtable); ok {
			for _, k := range from.Keys() {
				v, _ := from.Get(k)
				h.Set(k, v)
			}
		}
		return h, nil
	}
	t.Convert = func(_ *Env, v any) (any, error) {
		from, ok := v.(*value.Hashtable)
		if !ok {
			return nil, castNever(v, t)
		}
		h := from.Clone()
		h.Type, h.Ordered = name, name == value.OrderedType
		return h, nil
	}
	return t
}

func tableMembers() Members {
	return members(
		prop("Count", func(h *value.Hashtable) any { return h.Len() }),
		prop("Keys", func(h *value.Hashtable) any {
			return h.Entries("System.Collections.Hashtable+KeyCollection", append([]any{}, h.Keys()...))
		}),
		prop("Values", func(h *value.Hashtable) any {
			return h.Entries("System.Collections.Hashtable+ValueCollection", h.Values())
		}),
		prop("IsReadOnly", func(*value.Hashtable) any { return false }),
		prop("IsFixedSize", func(*value.Hashtable) any { return false }),
		prop("SyncRoot", func(h *value.Hashtable) any { return h }),
		has("Contains"), has("ContainsKey"),
		method("ContainsValue", 1, 1, func(h *value.Hashtable, a *Args) (any, error) {
			return indexOf(h.Values(), a) >= 0, nil
		}),
		method("Add", 2, 2, func(h *value.Hashtable, a *Args) (any, error) {
			if _, twice := h.Get(a.At(0)); twice {
				return nil, value.NewException("System.ArgumentException",
					"Item has already been added. Key in dictionary: '"+a.Text(0)+"'  Key being added: '"+a.Text(0)+"'")
			}
			h.Set(a.At(0), a.At(1))
			return Void, nil
		}),
		method("Remove", 1, 1, func(h *value.Hashtable, a *Args) (any, error) {
			_, had := h.Get(a.At(0))
			h.Remove(a.At(0))
			if h.CaseSensitive && h.Type != value.HashtableType || h.Type == "System.Management.Automation.PSBoundParametersDictionary" {
				return had, nil
			}
			return Void, nil
		}),
		method("Clear", 0, 0, func(h *value.Hashtable, _ *Args) (any, error) {
			h.Clear()
			return Void, nil
		}),
		method("Clone", 0, 0, func(h *value.Hashtable, _ *Args) (any, error) { return h.Clone(), nil }),
		method("Item", 1, 1, func(h *value.Hashtable, a *Args) (any, error) {
			v, _ := h.Get(a.At(0))
			return v, nil
		}),
		method("GetEnumerator", 0, 0, func(h *value.Hashtable, _ *Args) (any, error) {
			entries := make([]any, h.Len())
			for i, k := range h.Keys() {
				v, _ := h.Get(k)
				entries[i] = value.Entry{Key: k, Value: v}
			}
			return newEnumerator(entries), nil
		}))
}

var tableRefused = []string{"CopyTo", "GetObjectData", "OnDeserialization", "Comparer", "AsReadOnly", "TryGetValue", "TryAdd", "EnsureCapacity",
	"TrimExcess", "Synchronized"}

// orderedInsert and orderedRemoveAt are the members of [ordered] that take a position.
func orderedInsert() Member {
	return method("Insert", 3, 3, func(h *value.Hashtable, a *Args) (any, error) {
		at := a.Int(0)
		if at < 0 || at > h.Len() {
			return nil, outOfRange("index", "Index was out of range. Must be non-negative and less than or equal to the size of the collection.")
		}
		if _, twice := h.Get(a.At(1)); twice {
			return nil, value.NewException("System.ArgumentException", "Item has already been added. Key in dictionary: '"+a.Text(1)+"'  Key being added: '"+a.Text(1)+"'")
		}
		later := append([]any(nil), h.Keys()[at:]...)
		values := h.Values()[at:]
		for _, k := range later {
			h.Remove(k)
		}
		h.Set(a.At(1), a.At(2))
		for i, k := range later {
			h.Set(k, values[i])
		}
		return Void, nil
	})
}

func orderedRemoveAt() Member {
	return method("RemoveAt", 1, 1, func(h *value.Hashtable, a *Args) (any, error) {
		at := a.Int(0)
		if at < 0 || at >= h.Len() {
			return nil, outOfRange("index", "Index was out of range. Must be non-negative and less than the size of the collection.")
		}
		h.Remove(h.Keys()[at])
		return Void, nil
	})
}

func has(name string) Member {
	return method(name, 1, 1, func(h *value.Hashtable, a *Args) (any, error) {
		if a.At(0) == nil {
			return nil, value.NewException("System.ArgumentNullException", "Value cannot be null. (Parameter 'key')")
		}
		_, ok := h.Get(a.At(0))
		return ok, nil
	})
}

// enumerator visits elements one by one. The pipeline and foreach handle the elements
// that are left.
type enumerator struct {
	items []any
	at    int
}

func newEnumerator(items []any) *enumerator { return &enumerator{items: items, at: -1} }

// TypeName is the .NET name.
func (*enumerator) TypeName() string { return "System.Collections.IEnumerator" }

// Items are the elements that are left.
func (e *enumerator) Items() []any { return e.items[e.at+1:] }

func enumeratorType() *Type {
	return &Type{Name: "System.Collections.IEnumerator", Members: members(
		method("MoveNext", 0, 0, func(e *enumerator, _ *Args) (any, error) {
			e.at = min(e.at+1, len(e.items))
			return e.at < len(e.items), nil
		}),
		method("Reset", 0, 0, func(e *enumerator, _ *Args) (any, error) {
			e.at = -1
			return Void, nil
		}),
		prop("Current", func(e *enumerator) any {
			if e.at < 0 || e.at >= len(e.items) {
				return nil
			}
			return e.items[e.at]
		}))}
}
