package cmdlets

import (
	"path"
	"strings"
)

// pick returns the items that -Identity or -Filter select, or all items. An identity
// that no item has is an error; a filter without a match gives an empty answer.
func pick[T any](r *run, what string, items []T, identity func(T) string) ([]T, error) {
	if filter := r.Text("Filter"); filter != "" {
		return matching(items, filter, identity), nil
	}
	wanted := r.Text("Identity")
	if wanted == "" {
		return items, nil
	}
	for _, item := range items {
		if strings.EqualFold(identity(item), wanted) {
			return []T{item}, nil
		}
	}
	return nil, notFound(what, wanted)
}

// matching keeps the items whose identity matches a wildcard pattern.
func matching[T any](items []T, pattern string, identity func(T) string) []T {
	var kept []T
	for _, item := range items {
		if like(identity(item), pattern) {
			kept = append(kept, item)
		}
	}
	return kept
}

// like is PowerShell's wildcard match, in upper or lower case. An invalid pattern
// matches nothing.
func like(text, pattern string) bool {
	ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(text))
	return ok && err == nil
}

// emitAll sends each item down the pipeline in the form that show gives it.
func emitAll[T any](r *run, items []T, show func(T) any) error {
	for _, item := range items {
		if err := r.EmitWhole(show(item)); err != nil {
			return err
		}
	}
	return nil
}

// unprefixed removes a scope prefix such as "Site:" from an identity.
func unprefixed(identity, prefix string) string {
	if len(identity) > len(prefix) && strings.EqualFold(identity[:len(prefix)], prefix) {
		return identity[len(prefix):]
	}
	return identity
}
