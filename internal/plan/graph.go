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

// Held gives, for each step that an obstacle holds, the obstacle's place in Obstacles. A step
// is held when the obstacle holds one of its resources, or a step that it waits for.
func (p Plan) Held() map[int]int {
	out := map[int]int{}
	for i, edges := range Edges(p.Steps) {
		if o := p.obstacleOf(p.Steps[i]); o >= 0 {
			out[i] = o
			continue
		}
		for _, j := range edges {
			if o, held := out[j]; held {
				out[i] = o
				break
			}
		}
	}
	return out
}

func (p Plan) obstacleOf(s Step) int {
	on := s.On()
	return slices.IndexFunc(p.Obstacles, func(o Obstacle) bool {
		return slices.ContainsFunc(o.Holds, func(r Resource) bool { return slices.Contains(on, r) })
	})
}

// Free reports whether a step that changes something is held by no obstacle.
func (p Plan) Free() bool {
	held := p.Held()
	for i, s := range p.Steps {
		if _, h := held[i]; !h && !s.Kind().Looks() {
			return true
		}
	}
	return false
}
