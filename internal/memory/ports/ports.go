// Package ports remembers for two seconds what each federation port answered. Many routes
// share few Edge pools, and an Edge server should not be asked once for each route.
package ports

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/probe"
)

// fresh is how long a reading is used for further routes.
const fresh = 2 * time.Second

// Memory asks federation ports. Routes that ask for a port at the same time share one
// reading.
type Memory struct {
	prober probe.Prober
	clock  func() time.Time
	flight contain.Flight[probe.Reading]

	mu       sync.Mutex
	readings map[probe.Target]timedReading
}

type timedReading struct {
	probe.Reading
	at time.Time // when asking began
}

// New gives a Memory that asks with the prober.
func New(prober probe.Prober, clock func() time.Time) *Memory {
	return &Memory{prober: prober, clock: clock, readings: map[probe.Target]timedReading{}}
}

// Read asks all targets at the same time. It uses no reading from before since: such a
// reading may come from before a run. A port that does not answer is no fault. Fault:
// Internal.
func (m *Memory) Read(ctx context.Context, targets []probe.Target, since time.Time) (map[probe.Target]probe.Reading, error) {
	readings := make([]probe.Reading, len(targets))
	var group contain.Group
	group.SetLimit(32)
	for i, t := range targets {
		group.Go(opProbe, t.Where(), func() (err error) {
			readings[i], err = m.one(ctx, t, since)
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

func (m *Memory) one(ctx context.Context, t probe.Target, since time.Time) (probe.Reading, error) {
	if have, ok := m.known(t); ok && !have.at.Before(since) {
		return have.Reading, nil
	}
	question := fmt.Sprint(t.Where(), t.Protocol, t.Domain, t.Connect, since.UnixNano())
	return m.flight.Do(question, opProbe, t.Where(), func() (probe.Reading, error) {
		began := m.clock()
		// Another route may share the reading. It must not hear that a port is silent because
		// the look of this route has ended. The prober bounds the time.
		reading := m.prober.Probe(context.WithoutCancel(ctx), t)
		m.note(t, timedReading{reading, began})
		return reading, nil
	})
}

// known gives the reading of a port, unless it is too old.
func (m *Memory) known(t probe.Target) (timedReading, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	have, ok := m.readings[t]
	return have, ok && !m.stale(have)
}

// note keeps a reading and forgets the stale ones. Otherwise readings of Edge pools that
// no route names any more would stay for ever.
func (m *Memory) note(t probe.Target, reading timedReading) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.readings, func(_ probe.Target, have timedReading) bool { return m.stale(have) })
	m.readings[t] = reading
}

func (m *Memory) stale(r timedReading) bool { return m.clock().Sub(r.at) >= fresh }
