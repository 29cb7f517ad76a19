package dotnet

// Indexed is a value that $x[key] asks.
type Indexed interface {
	// Item is the element of a key; false when the value has none such.
	Item(key any) (any, bool)
}
