package plan

import "time"

// Stage is the part of a move to which a step belongs. A plan lists its steps stage by
// stage, and the steps of a stage kind by kind.
type Stage int

// The stages. The steps of a plan that leads federation nowhere else belong to Moving.
const (
	// Preparing makes the new Edge pool ready while the old one serves.
	Preparing Stage = iota - 1
	// Moving leads federation to the Edge pool.
	Moving
	// Leaving ends federation on the pools that it left.
	Leaving
)

// Pause holds a stage that must not begin yet. Nothing is wrong: time ends it.
type Pause struct {
	Stage Stage
	Until time.Time // zero while that is not known yet
	Err   error     // says what the stage waits for
}

// Idle reports whether every step that changes something belongs to a stage that pauses:
// nothing is to be done now.
func (p Plan) Idle() bool {
	for _, s := range p.Steps {
		if _, pauses := p.pauseOf(s); !pauses && !s.Kind().Looks() {
			return false
		}
	}
	return len(p.Pauses) > 0
}

// PausesIn reports whether the stage pauses.
func (p Plan) PausesIn(stage Stage) bool {
	_, pauses := p.pauseOf(Step{Stage: stage})
	return pauses
}

func (p Plan) pauseOf(s Step) (Pause, bool) {
	for _, pause := range p.Pauses {
		if pause.Stage == s.Stage {
			return pause, true
		}
	}
	return Pause{}, false
}
