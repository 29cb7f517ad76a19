package psrp_test

import "sync/atomic"

// counting is a winrm.Meter.
type counting struct{ requests, connections atomic.Int64 }

func (c *counting) Request(int) { c.requests.Add(1) }
func (c *counting) Reply(int)   {}
func (c *counting) Connection() { c.connections.Add(1) }
func (c *counting) Stray(int)   {}
