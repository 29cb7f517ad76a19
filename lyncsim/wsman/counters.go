package wsman

import "sync/atomic"

// Counters count the work of one server, or of several together, since they were
// made. Envelope bytes are SOAP text before encryption; wire bytes are TCP payload
// with TLS.
type Counters struct {
	Requests     int64 `json:"requests"`
	Unauthorized int64 `json:"unauthorized"` // of the requests: answered 401
	Faults       int64 `json:"faults"`       // of the requests: answered with a SOAP fault
	Connections  int64 `json:"connections"`
	Shells       int64 `json:"shells"`
	Processes    int64 `json:"processes"`
	EnvelopesIn  int64 `json:"envelopeBytesIn"`
	EnvelopesOut int64 `json:"envelopeBytesOut"`
	WireIn       int64 `json:"wireBytesIn"`
	WireOut      int64 `json:"wireBytesOut"`
}

// Plus adds two sets of counters.
func (c Counters) Plus(o Counters) Counters {
	return Counters{
		Requests:     c.Requests + o.Requests,
		Unauthorized: c.Unauthorized + o.Unauthorized,
		Faults:       c.Faults + o.Faults,
		Connections:  c.Connections + o.Connections,
		Shells:       c.Shells + o.Shells,
		Processes:    c.Processes + o.Processes,
		EnvelopesIn:  c.EnvelopesIn + o.EnvelopesIn,
		EnvelopesOut: c.EnvelopesOut + o.EnvelopesOut,
		WireIn:       c.WireIn + o.WireIn,
		WireOut:      c.WireOut + o.WireOut,
	}
}

// Minus gives the counts since an earlier reading.
func (c Counters) Minus(o Counters) Counters {
	return c.Plus(Counters{-o.Requests, -o.Unauthorized, -o.Faults, -o.Connections, -o.Shells,
		-o.Processes, -o.EnvelopesIn, -o.EnvelopesOut, -o.WireIn, -o.WireOut})
}

// meter counts; Counters is a reading of it.
type meter struct {
	requests, unauthorized, faults, connections, shells, processes,
	envelopesIn, envelopesOut, wireIn, wireOut atomic.Int64
}

func (m *meter) read() Counters {
	return Counters{
		Requests:     m.requests.Load(),
		Unauthorized: m.unauthorized.Load(),
		Faults:       m.faults.Load(),
		Connections:  m.connections.Load(),
		Shells:       m.shells.Load(),
		Processes:    m.processes.Load(),
		EnvelopesIn:  m.envelopesIn.Load(),
		EnvelopesOut: m.envelopesOut.Load(),
		WireIn:       m.wireIn.Load(),
		WireOut:      m.wireOut.Load(),
	}
}
