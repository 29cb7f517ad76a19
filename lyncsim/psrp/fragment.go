package psrp

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// fragmentHeader is the length in octets of the header of a fragment (MS-PSRP 2.2.4):
// object id, fragment id, flags, length of the piece.
const fragmentHeader = 21

// Flags of a fragment.
const (
	startOfObject = 1
	endOfObject   = 2
)

// maxMessage bounds one message of a client in octets, as
// MaximumReceivedObjectSizeMB of a session configuration does.
const maxMessage = 10 << 20

// split cuts a message into fragments of at most size octets each.
func split(object uint64, message []byte, size int) [][]byte {
	var all [][]byte
	room := max(1, size-fragmentHeader)
	for number := uint64(0); ; number++ {
		piece := message[:min(room, len(message))]
		message = message[len(piece):]
		flags := byte(0)
		if number == 0 {
			flags |= startOfObject
		}
		if len(message) == 0 {
			flags |= endOfObject
		}
		head := make([]byte, fragmentHeader, fragmentHeader+len(piece))
		binary.BigEndian.PutUint64(head, object)
		binary.BigEndian.PutUint64(head[8:], number)
		head[16] = flags
		binary.BigEndian.PutUint32(head[17:], uint32(len(piece)))
		all = append(all, append(head, piece...))
		if len(message) == 0 {
			return all
		}
	}
}

// assembler puts the messages of one stream of octets together. A fragment may be cut
// anywhere.
type assembler struct {
	octets  []byte
	object  uint64 // of the message that is under way
	next    uint64 // number of its next fragment
	open    bool
	message []byte
}

// take adds octets and gives the messages that they complete. It leaves out a fragment
// that does not fit, and reports the first one of those.
func (a *assembler) take(octets []byte) (messages [][]byte, err error) {
	a.octets = append(a.octets, octets...)
	for len(a.octets) >= fragmentHeader {
		length := int32(binary.BigEndian.Uint32(a.octets[17:]))
		if length < 0 || length > maxMessage {
			a.octets = nil
			return messages, fmt.Errorf("a fragment is %d octets long", length)
		}
		end := fragmentHeader + int(length)
		if len(a.octets) < end {
			break
		}
		fragment := a.octets[:end]
		a.octets = a.octets[end:]
		message, wrong := a.add(fragment)
		if wrong != nil {
			a.open, a.message = false, nil
			err = errors.Join(err, wrong)
		}
		if message != nil {
			messages = append(messages, message)
		}
	}
	return messages, err
}

// add takes one whole fragment. It gives the message that the fragment completes.
func (a *assembler) add(f []byte) ([]byte, error) {
	object, number, flags, piece := binary.BigEndian.Uint64(f), binary.BigEndian.Uint64(f[8:]), f[16], f[fragmentHeader:]
	switch {
	case object == 0:
		return nil, errors.New("a fragment has the object id 0")
	case len(piece) == 0:
		return nil, nil
	case flags&startOfObject != 0:
		a.open, a.object, a.message = true, object, nil
	case !a.open || object != a.object:
		return nil, fmt.Errorf("object %d goes on and did not start", object)
	case number != a.next:
		return nil, fmt.Errorf("fragment %d comes where %d is due", number, a.next)
	}
	if len(a.message)+len(piece) > maxMessage {
		return nil, fmt.Errorf("a message is larger than %d octets", maxMessage)
	}
	a.next = number + 1
	a.message = append(a.message, piece...)
	if flags&endOfObject == 0 {
		return nil, nil
	}
	whole := a.message
	a.open, a.message = false, nil
	return whole, nil
}
