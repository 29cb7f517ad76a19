package dotnet

// Indexed is a value that $x[key] asks.
type Indexed interface {
	// Item is the element of a key; false when the value has none such.
	Item(key any) (any, bool)
}

// Item reads $x[key] of a value that is no array or table.
func Item(_ *Env, target, key any) (any, bool, error) {
	if x, ok := target.(Indexed); ok {
		v, found := x.Item(key)
		return v, found, nil
	}
	return nil, false, nil
}
