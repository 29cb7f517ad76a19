package remote

import (
	"context"
	"time"
)

const (
	// burst is how many answers that say little may follow each other at once. The end of a
	// command has a handful.
	burst = 64
	// between is the least time between two of them afterwards.
	between = 100 * time.Millisecond
	// little is fewer octets than an answer has that is filled with output.
	little = 4 << 10
)

// Pace slows down the questions for output that a far side answers at once, again and again,
// and says little. WinRM holds such a question until there is output, so a host that works as
// it should is never slowed down. Its zero value is ready for use, by one goroutine.
type Pace struct {
	spent  int
	before time.Time
}

// Wait waits after an answer with so many octets of output, if need be, until the next
// question may be asked. Error: why ctx ended.
func (p *Pace) Wait(ctx context.Context, octets int) error {
	now := time.Now()
	if p.spent > 0 {
		p.spent -= min(p.spent, int(now.Sub(p.before)/between))
	}
	p.before = now
	if octets >= little {
		return nil
	}
	if p.spent++; p.spent <= burst {
		return nil
	}
	wait := time.NewTimer(between)
	defer wait.Stop()
	select {
	case <-wait.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
