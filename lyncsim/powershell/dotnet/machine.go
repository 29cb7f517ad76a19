package dotnet

import (
	"context"
	"net/netip"
	"time"
)

// RealClock is the time of the machine that the simulator runs on.
type RealClock struct{}

// Now implements Clock.
func (RealClock) Now() time.Time { return time.Now() }

// Sleep implements Clock.
func (RealClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// loneMachine is the machine of a runspace that belongs to no simulated organization.
type loneMachine struct {
	name, fqdn string
	mutexes    Mutexes
}

// NewLoneMachine makes a machine that listens on nothing.
func NewLoneMachine(name, fqdn string) Machine { return &loneMachine{name: name, fqdn: fqdn} }

func (m *loneMachine) Name() string { return m.name }

func (m *loneMachine) FQDN() string { return m.fqdn }

func (m *loneMachine) Listeners() []netip.AddrPort { return nil }

func (m *loneMachine) Mutexes() *Mutexes { return &m.mutexes }
