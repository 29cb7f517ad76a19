package plan

import "slices"

// Edges gives, for each step, the places of the steps that it waits for. Each edge follows
// from a row of the table. No steps wait for each other in a circle: an edge leads to an
// earlier step, or to a machine that has its turn before.
func Edges(steps []Step) [][]int {
	out := make([][]int, len(steps))
	for i, s := range steps {
		for j, before := range steps {
			if i != j && waits(s, before, j < i) {
				out[i] = append(out[i], j)
			}
		}
	}
	return out
}

// waits reports whether a row of the table lets the step wait for another. listed: the plan
// lists that one before.
func waits(s, before Step, listed bool) bool {
	return slices.ContainsFunc(s.Kind().Rules().After, func(d Dependency) bool {
		return d.Kind == before.Kind() && (listed || d.Which == InTurn) && d.Which.covers(s, before)
	})
}

// Order lists the places of all steps so that each stands behind those that it waits for,
// and otherwise as the plan lists them.
func Order(edges [][]int) []int {
	out, listed := make([]int, 0, len(edges)), make([]bool, len(edges))
	var list func(n int)
	list = func(n int) {
		if listed[n] {
			return
		}
		listed[n] = true
		for _, j := range edges[n] {
			list(j)
		}
		out = append(out, n)
	}
	for n := range edges {
		list(n)
	}
	return out
}

// covers reports whether the step before is one of those that the later step waits for.
func (w Which) covers(s, before Step) bool {
	switch w {
	case All:
		return true
	case OnTheSame:
		return share(s, before)
	case Prepared:
		return before.Stage == Preparing && s.Stage > Preparing
	case Moved:
		return before.Stage == Moving && s.Stage > Moving
	case InTurn:
		turn, waits := s.follows()
		return waits && s.Stage == before.Stage && slices.Contains(before.On(), turn)
	}
	return false
}

// share reports whether two steps have a resource in common.
func share(a, b Step) bool {
	on := b.On()
	return slices.ContainsFunc(a.On(), func(r Resource) bool { return slices.Contains(on, r) })
}

// Held gives, for each step that may not begin, the reason. A step is held when an obstacle
// holds it, when its stage pauses, or when a step that it waits for is held.
func (p Plan) Held() map[int]error {
	edges, out := Edges(p.Steps), map[int]error{}
	for _, i := range Order(edges) {
		if err := p.heldBy(p.Steps[i]); err != nil {
			out[i] = err
			continue
		}
		for _, j := range edges[i] {
			if err, held := out[j]; held {
				out[i] = err
				break
			}
		}
	}
	return out
}

func (p Plan) heldBy(s Step) error {
	if o := p.obstacleOf(s); o >= 0 {
		return p.Obstacles[o].Err
	}
	pause, _ := p.pauseOf(s)
	return pause.Err
}

func (p Plan) obstacleOf(s Step) int {
	return slices.IndexFunc(p.Obstacles, func(o Obstacle) bool { return o.holds(s) })
}

// Free reports whether a step that changes something is not held.
func (p Plan) Free() bool {
	held := p.Held()
	for i, s := range p.Steps {
		if _, h := held[i]; !h && !s.Kind().Looks() {
			return true
		}
	}
	return false
}
