// Package circuits remembers which servers let those who asked them wait in vain, until a
// pause is over that is three times as long as the wait, a person asks for another try, or
// nobody asked for an hour. So a server that does not answer costs a quarter of the time
// that it would cost otherwise. A server that refuses at once costs nothing and has no
// pause. Each namespace has circuits of its own: nobody can close one of a neighbour.
package circuits

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
)

const (
	// noticed is the shortest wait in vain that leads to a pause.
	noticed = time.Second
	// factor is how many times as long as the wait the pause is.
	factor = 3
	// longest bounds the pause.
	longest = 2 * time.Minute
	// atOnce is how many looks ask one server at the same time. The others form a queue.
	atOnce = 16
	// unasked is how long a server is remembered that nobody asks.
	unasked = time.Hour
)

// Memory holds the circuits of all namespaces.
type Memory struct {
	clock func() time.Time

	mu      sync.Mutex
	servers map[server]*circuit
}

type server struct{ namespace, name string }

// circuit is one server's. All but turns is guarded by the lock of the Memory.
type circuit struct {
	turns chan struct{}
	err   error // of the last wait in vain
	until time.Time
	asked time.Time
}

// New gives a Memory in which every server may be asked.
func New(clock func() time.Time) *Memory {
	return &Memory{clock: clock, servers: map[server]*circuit{}}
}

// Namespace holds the circuits of one namespace.
type Namespace struct {
	memory *Memory
	name   string
}

// Of gives the circuits of a namespace.
func (m *Memory) Of(namespace string) Namespace { return Namespace{m, namespace} }

// Forgive ends all pauses of a namespace.
func (m *Memory) Forgive(namespace string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.servers, func(s server, c *circuit) bool {
		if s.namespace != namespace {
			return false
		}
		c.until = time.Time{}
		return len(c.turns) == 0
	})
}

// Turn waits for a turn to ask the server. During a pause it gives the error of the wait
// that led to it, and nobody is asked. done must be called with what came of asking.
func (n Namespace) Turn(ctx context.Context, name string) (done func(error), err error) {
	c, err := n.memory.at(server{n.name, name})
	if err != nil {
		return nil, err
	}
	select {
	case c.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if _, err := n.memory.at(server{n.name, name}); err != nil {
		<-c.turns
		return nil, err // those before in the queue have waited in vain
	}
	began := n.memory.clock()
	return func(err error) {
		if !errors.Is(ctx.Err(), context.Canceled) { // who does not want to know any more did not wait in vain
			n.memory.note(c, began, err)
		}
		<-c.turns
	}, nil
}

// at gives the circuit of a server, and the error of its pause.
func (m *Memory) at(s server) (*circuit, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock()
	c := m.servers[s]
	if c == nil {
		maps.DeleteFunc(m.servers, func(_ server, c *circuit) bool { return len(c.turns) == 0 && now.Sub(c.asked) > unasked })
		c = &circuit{turns: make(chan struct{}, atOnce)}
		m.servers[s] = c
	}
	c.asked = now
	if now.Before(c.until) {
		return c, c.err
	}
	return c, nil
}

// note begins or ends a pause.
func (m *Memory) note(c *circuit, began time.Time, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock()
	if waited := now.Sub(began); fault.Is(err, fault.Unreachable) && waited >= noticed {
		c.err, c.until = err, now.Add(min(factor*waited, longest))
	} else if err == nil {
		c.until = time.Time{}
	}
}
