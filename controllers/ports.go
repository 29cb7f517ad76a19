package controllers

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/probe"
)

// portsFresh is how long a reading serves further routes: many routes share few
// Edge pools, and an Edge should not be asked once for each.
const portsFresh = 2 * time.Second

// ports asks federation ports, each once for all routes that look at it together.
type ports struct {
	prober probe.Prober
	clock  apply.Clock
	flight contain.Flight[probe.Reading]

	mu       sync.Mutex
	readings map[probe.Target]timedReading
}

type timedReading struct {
	probe.Reading
	at time.Time // when asking began
}

func newPorts(p probe.Prober, c apply.Clock) *ports {
	return &ports{prober: p, clock: c, readings: map[probe.Target]timedReading{}}
}

// read asks all targets side by side. A reading from before since tells of
// another world, such as that before a run, and is not used. Fault: Internal; what a
// port answers is no fault.
func (p *ports) read(ctx context.Context, targets []probe.Target, since time.Time) (map[probe.Target]probe.Reading, error) {
	readings := make([]probe.Reading, len(targets))
	var group contain.Group
	group.SetLimit(32)
	for i, t := range targets {
		group.Go(opProbe, t.Where(), func() (err error) {
			readings[i], err = p.one(ctx, t, since)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	out := make(map[probe.Target]probe.Reading, len(targets))
	for i, t := range targets {
		out[t] = readings[i]
	}
	return out, nil
}

const opProbe = "probe"

func (p *ports) one(ctx context.Context, t probe.Target, since time.Time) (probe.Reading, error) {
	p.mu.Lock()
	have, ok := p.readings[t]
	p.mu.Unlock()
	if ok && !have.at.Before(since) && p.clock.Now().Sub(have.at) < portsFresh {
		return have.Reading, nil
	}
	question := fmt.Sprint(t.Where(), t.Protocol, t.Domain, since.UnixNano())
	return p.flight.Do(question, opProbe, t.Where(), func() (probe.Reading, error) {
		began := p.clock.Now()
		reading := p.prober.Probe(ctx, t)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.readings[t] = timedReading{reading, began}
		return reading, nil
	})
}
