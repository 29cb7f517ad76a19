package psrp

import (
	"context"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/psrp/message"
)

// Transport carries one pool's octets. Its errors have no common type; Judge
// interprets them.
type Transport interface {
	// Open makes the pool on the host, with the fragments of its first messages,
	// and gives the pool's stream.
	Open(ctx context.Context, opening []byte) (Stream, error)
	// Start makes a pipeline with its first fragment and gives its stream. The
	// remaining fragments are sent on that stream.
	Start(ctx context.Context, pipeline message.ID, first []byte) (Stream, error)
	// Close removes the pool and what runs in it.
	Close(ctx context.Context) error
	// Judge interprets an error for the Session.
	Judge(op string, err error) Judgement
}

// Judgement is what an error of a Transport means.
type Judgement struct {
	// Why is the error in words for people.
	Why *fault.Error
	// Unseen reports that the host cannot have acted on what was sent.
	Unseen bool
	// Refused reports that the host let the account in and refused what it asked for.
	Refused bool
}

// resumable is a Transport whose pool lives on without its client (MS-WSMV
// 3.1.4.13 to 3.1.4.18).
type resumable interface {
	// Disconnect leaves the pool on the host. What runs in it goes on.
	Disconnect(ctx context.Context) error
	// Connect takes over a pool. It gives the pool's stream and the fragments of its
	// first answers.
	Connect(ctx context.Context, connecting []byte) (Stream, []byte, error)
	// Resume takes over one of the pool's pipelines.
	Resume(ctx context.Context, pipeline message.ID) (Stream, error)
}

// Stream carries what the host sends for the pool or for one pipeline. It is a
// stream of octets, in which fragments may be cut anywhere.
type Stream interface {
	// Receive waits for octets; last reports that no more will come after these.
	Receive(ctx context.Context) (octets []byte, last bool, err error)
	// Send sends fragments.
	Send(ctx context.Context, to Input, fragments []byte) error
	// Stop asks the host to end the pipeline. Its state still comes as a message.
	Stop(ctx context.Context) error
	// Close lets the host forget a pipeline that has ended.
	Close(ctx context.Context) error
}

// Input names one of the two streams to the host.
type Input string

// The streams of MS-PSRP over WSMan (MS-PSRP 3.1.5.3.1).
const (
	Stdin          Input = "stdin"
	PromptResponse Input = "pr" // answers of the client's host
)
