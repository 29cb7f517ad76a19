package winrm

import (
	"time"

	"github.com/fedroute/fedroute/internal/reach"
)

// Options tune a Worker. The zero value is right for production.
type Options struct {
	// ConnectTimeout bounds each TCP connect with its TLS handshake (10 s).
	ConnectTimeout time.Duration
	// StartTimeout bounds Dial from the first byte to the ready frame (60 s).
	StartTimeout time.Duration
	// OperationTimeout is how long the host holds a Receive that has nothing to
	// say (60 s). It does not bound a Call: the context does.
	OperationTimeout time.Duration
	// IdleTimeout is how long the host keeps a shell to which nothing is sent (3
	// min). It makes the host remove the shells of a manager that crashed. Where the
	// endpoint names a time, that counts.
	IdleTimeout time.Duration
	// MaxAge is the age at which Expired begins to report true (6 h). Windows ends
	// every shell after MaxShellRunTime, 8 h by default.
	MaxAge time.Duration
	// MaxReply bounds the line of one reply, in bytes (16 MiB).
	MaxReply int64
	// EnvelopeSize is the host's MaxEnvelopeSizekb in bytes (512,000).
	EnvelopeSize int
	// Reach bounds which hosts and KDCs are connected to, and what is told of them; nil
	// does not.
	Reach *reach.Policy
	// Clock measures the worker's age and nothing else; nil means time.Now.
	Clock func() time.Time
	// Meter counts requests, replies and connections; nil counts nothing.
	Meter Meter
}

// Meter counts what goes over the wire. Its methods are called from several
// goroutines.
type Meter interface {
	// Request counts one HTTP request and its body's bytes.
	Request(bytes int)
	// Reply counts one HTTP reply and its body's bytes.
	Reply(bytes int)
	// Connection counts one TCP connection.
	Connection()
	// Stray counts lines of output that are no frames of the worker.
	Stray(lines int)
}

type noMeter struct{}

func (noMeter) Request(int) {}
func (noMeter) Reply(int)   {}
func (noMeter) Connection() {}
func (noMeter) Stray(int)   {}

// withDefaults fills in the fields that are zero.
func (o Options) withDefaults() Options {
	o.ConnectTimeout = orDefault(o.ConnectTimeout, 10*time.Second)
	o.StartTimeout = orDefault(o.StartTimeout, time.Minute)
	o.OperationTimeout = orDefault(o.OperationTimeout, time.Minute)
	o.IdleTimeout = orDefault(o.IdleTimeout, 3*time.Minute)
	o.MaxAge = orDefault(o.MaxAge, 6*time.Hour)
	o.MaxReply = orDefault(o.MaxReply, 16<<20)
	o.EnvelopeSize = orDefault(o.EnvelopeSize, 512_000)
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Meter == nil {
		o.Meter = noMeter{}
	}
	return o
}

func orDefault[T int | int64 | time.Duration](value, fallback T) T {
	if value <= 0 {
		return fallback
	}
	return value
}
