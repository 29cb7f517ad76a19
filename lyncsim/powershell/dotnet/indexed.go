package dotnet

// Indexed is a value whose elements $x[key] gives.
type Indexed interface {
	// Item is the element of a key. The second result is false when the value does not
	// know such keys.
	Item(key any) (any, bool)
}
