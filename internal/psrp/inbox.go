package psrp

import (
	"context"
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/internal/psrp/message"
)

// inbox reads the messages of one stream.
type inbox struct {
	stream         Stream
	pool, pipeline message.ID
	joiner         message.Joiner
	arrived        []message.Message
	last           bool // nothing will arrive any more
}

var errNoWord = errors.New("the host ended it without saying how it ended")

// damagedError marks octets that were received and cannot be read.
type damagedError struct{ err error }

func (e *damagedError) Error() string { return "the host's answer cannot be read: " + e.err.Error() }
func (e *damagedError) Unwrap() error { return e.err }

// next waits for a message and gives it.
func (i *inbox) next(ctx context.Context) (message.Message, error) {
	for len(i.arrived) == 0 {
		if i.last {
			return message.Message{}, &damagedError{errNoWord}
		}
		octets, last, err := i.stream.Receive(ctx)
		if err != nil {
			return message.Message{}, err
		}
		i.last = last
		if err := i.take(octets); err != nil {
			return message.Message{}, err
		}
	}
	m := i.arrived[0]
	i.arrived = i.arrived[1:]
	return m, nil
}

// take adds octets. It skips a message for another pipeline, as the real client
// does; a message of another pool is damage. A server's first answer and its
// messages about keys name no pool.
func (i *inbox) take(octets []byte) error {
	messages, err := i.joiner.Take(octets)
	for _, raw := range messages {
		m, err := message.Decode(raw)
		if err != nil {
			return &damagedError{err}
		}
		if m.Pool != i.pool && m.Pool != (message.ID{}) {
			return &damagedError{fmt.Errorf("a message is of the pool %s", m.Pool)}
		}
		if m.Pipeline == i.pipeline {
			i.arrived = append(i.arrived, m)
		}
	}
	if err != nil {
		return &damagedError{err}
	}
	return nil
}
