package main

import (
	"context"
	"time"

	"github.com/fedroute/fedroute/hack/bench/stage"
)

// servers is the number of servers that an observation asks once each: a management
// server and two Edge machines.
const servers = int64(3)

// observation counts the cost of observing an organization once, with new and with
// open connections.
func (b *bench) observation(ctx context.Context) error {
	s, err := b.Open(ctx, "observation", stage.Options{Poll: 2 * time.Second})
	if err != nil {
		return err
	}
	defer s.Close()
	wait := func(looks int64) error {
		return stage.Until(ctx, 5*time.Millisecond, func() (bool, error) { return looksAt(s) >= looks, nil })
	}
	if err := wait(1); err != nil {
		return err
	}
	cold := s.Org.Counters()
	if err := wait(2); err != nil {
		return err
	}
	before := s.Org.Counters()
	const warm = 20
	if err := wait(2 + warm); err != nil {
		return err
	}
	after := s.Org.Counters()
	b.report("observation, cold: HTTP requests / connections / PowerShell starts / SOAP bytes", "", "%d / %d / %d / %d",
		cold.WinRM.Requests, cold.WinRM.Connections, cold.PowerShellStarts, cold.WinRM.EnvelopesIn+cold.WinRM.EnvelopesOut)
	since := after.WinRM.Minus(before.WinRM)
	requests := float64(since.Requests) / warm
	b.report("observation, warm: HTTP requests (for each of 3 calls)", "≤ 2.1 a call", "%.1f (%.2f)", requests, requests/float64(servers))
	b.report("observation, warm: connections / PowerShell starts / SOAP bytes", "0 / 0", "%d / %d / %d",
		since.Connections, after.PowerShellStarts-before.PowerShellStarts, (since.EnvelopesIn+since.EnvelopesOut)/warm)
	return nil
}

// looksAt counts the observations of the organization so far.
func looksAt(s *stage.Scene) int64 { return s.Org.Counters().Cmdlets["Get-CsTopology"] / servers }
