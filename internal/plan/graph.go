package plan

import "slices"

// Edges gives, for each step, the places of the steps that it waits for. Each edge follows
// from a row of the table, and leads to an earlier step, so that no step waits for itself.
func Edges(steps []Step) [][]int {
	out := make([][]int, len(steps))
	for i, s := range steps {
		for j, before := range steps[:i] {
			if waits(s, before) {
				out[i] = append(out[i], j)
			}
		}
	}
	return out
}

// waits reports whether a row of the table lets the step wait for the one before.
func waits(s, before Step) bool {
	return slices.ContainsFunc(s.Kind().Rules().After, func(d Dependency) bool {
		return d.Kind == before.Kind() && (d.Which == All || share(s, before))
	})
}

// share reports whether two steps have a resource in common.
func share(a, b Step) bool {
	on := b.On()
	return slices.ContainsFunc(a.On(), func(r Resource) bool { return slices.Contains(on, r) })
}
