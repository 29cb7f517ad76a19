package psrp

import (
	"sync"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
)

// Output takes what a Session sends to its client. Write may wait until there is room.
// Its methods are called from several goroutines.
type Output interface {
	// Write takes one fragment of a pipeline's stream, or of the pool's for the zero ID.
	Write(pipeline ID, fragment []byte) error
	// Ended says that a pipeline's last fragment was written.
	Ended(pipeline ID)
}

// sender numbers the session's messages and cuts them into fragments.
type sender struct {
	out  Output
	size int // of a fragment, in octets

	mu      sync.Mutex
	objects uint64
}

// send writes one message with an object to the stream of a pipeline.
func (s *sender) send(stream ID, m message, v any) error {
	fragments, err := s.fragments(m, v)
	if err != nil {
		return err
	}
	for _, f := range fragments {
		if err := s.out.Write(stream, f); err != nil {
			return err
		}
	}
	return nil
}

// fragments numbers and cuts a message with an object. $null is a message without a
// text.
func (s *sender) fragments(m message, v any) ([][]byte, error) {
	if v != nil {
		text, err := dotnet.SerializeMessage(v)
		if err != nil {
			return nil, err
		}
		m.text = text
	}
	s.mu.Lock()
	s.objects++
	object := s.objects
	s.mu.Unlock()
	return split(object, m.encode(), s.size), nil
}
