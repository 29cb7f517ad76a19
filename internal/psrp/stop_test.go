package psrp

import (
	"context"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

type panicking struct {
	Transport
	Stream
}

func (panicking) Close(context.Context) error { return nil }
func (panicking) Stop(context.Context) error  { panic("swordfish") }
func (panicking) Judge(op string, err error) Judgement {
	return Judgement{Why: fault.Of(err, op, "fe1")}
}

// TestAStopThatPanicsIsTold: who stops a pipeline is told, and waits for nothing.
func TestAStopThatPanicsIsTold(t *testing.T) {
	s := &Session{Life: remote.NewLife("fe1", time.Hour, time.Now), target: Target{Host: "fe1", Transport: panicking{}}}
	p := &Pipeline{session: s, in: &inbox{stream: panicking{}}, done: make(chan struct{})}
	err := p.Stop(t.Context())
	if !fault.Is(err, fault.OutcomeUnknown) {
		t.Errorf("got %s: %v", fault.KindOf(err), err)
	}
}

// silent is a stream whose host takes a stop and never says what became of the pipeline.
type silent struct{ panicking }

func (silent) Stop(context.Context) error { return nil }

// TestAStopOfALostPipeline: who stops a pipeline that is lost meanwhile is told that nobody knows
// its outcome.
func TestAStopOfALostPipeline(t *testing.T) {
	s := &Session{Life: remote.NewLife("fe1", time.Hour, time.Now), target: Target{Host: "fe1", Transport: silent{}}}
	for _, lost := range []error{nil, fault.New(fault.OutcomeUnknown, "x", "fe1", "the session was lost")} {
		p := &Pipeline{session: s, in: &inbox{stream: silent{}}, done: make(chan struct{}), lost: lost}
		close(p.done)
		if err := p.Stop(t.Context()); err != lost {
			t.Errorf("got %v, want %v", err, lost)
		}
	}
}

func (panicking) Receive(context.Context) ([]byte, bool, error) { panic("swordfish") }

// TestAPipelineThatPanicsGivesItsTurn: who waits for the pipeline is told that its outcome is
// unknown, and the session's turn is free.
func TestAPipelineThatPanicsGivesItsTurn(t *testing.T) {
	s := &Session{Life: remote.NewLife("fe1", time.Hour, time.Now), target: Target{Host: "fe1", Transport: panicking{}}}
	if err := s.TakeTurn(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	p := s.follow(Command{Name: "x", Limit: time.Minute}, panicking{})
	if _, err := p.Wait(t.Context()); !fault.Is(err, fault.OutcomeUnknown) {
		t.Errorf("got %s: %v", fault.KindOf(err), err)
	}
	if err := s.TakeLastTurn(t.Context()); err != nil {
		t.Errorf("the turn is not given back: %v", err)
	}
}
