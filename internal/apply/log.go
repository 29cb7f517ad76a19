package apply

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// A run can be followed in the log. It has a line for the run's beginning, one for each
// step that ended and one for the run's end. At debug level it also has a line for each
// step that begins or waits and for each DNS update that was sent. No line says more than
// status does.

func (r *Run) tellBegin() {
	r.hands.Log.LogAttrs(context.Background(), slog.LevelInfo, "run begins", append(slices.Clone(r.hands.Why), slog.Int("steps", len(r.Plan.Steps)))...)
}

func (r *Run) tellEnd(took time.Duration, err error) {
	r.hands.Meter.RunEnded(took, err)
	if err == nil {
		r.hands.Log.Info("run ended", "result", string(Done), "took", took.String())
		return
	}
	r.hands.Log.Warn("run ended before its last step", "result", string(fault.KindOf(err)), "took", took.String(), "error", fault.Sentence(err))
}

// tell logs the new state of a step.
func (j *journal) tell(before, now Entry) {
	step := slog.String("step", now.Step.String())
	switch {
	case before.State == now.State:
		j.log.Debug("step waits", step, "message", now.Message)
	case now.State == Running:
		j.log.Debug("step begins", step)
	default:
		level := slog.LevelInfo
		if now.State == Failed {
			level = slog.LevelWarn
		}
		line := []any{step, "result", string(now.State), "took", now.Ended.Sub(now.Started).String()}
		if now.Message != "" {
			line = append(line, "message", now.Message)
		}
		j.log.Log(context.Background(), level, "step ended", line...)
		j.meter.StepEnded(now)
	}
}

// tellUpdate logs the changes that were sent to a zone's server and how the server
// answered.
func (w work) tellUpdate(zone string, changes []dns.Change, took time.Duration, err error) {
	var to []string
	for _, c := range changes {
		to = append(to, c.To.Key.String()+" "+c.To.String())
	}
	w.hands.Log.Debug("DNS update", "zone", zone, "to", to, "took", took.String(), "result", string(fault.KindOf(err)))
}

// unmeasured is the Meter of a run whose durations are not measured.
type unmeasured struct{}

func (unmeasured) StepEnded(Entry) {}

func (unmeasured) RunEnded(time.Duration, error) {}
