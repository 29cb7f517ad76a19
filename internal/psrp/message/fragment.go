package message

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A fragment is a piece of a message (MS-PSRP 2.2.4). It has an object id and a
// fragment id of eight octets each, flags, the length of the piece, and the piece;
// numbers are big-endian. Only the first fragment has the start flag, only the last
// the end flag.
const (
	// FragmentHeader is the length in octets of the header before each piece.
	FragmentHeader = 21

	flagStart = 1
	flagEnd   = 2
)

// Split cuts a message into fragments of at most size octets, header included.
// object numbers the message; it must not be 0.
func Split(object uint64, message []byte, size int) [][]byte {
	room := max(size-FragmentHeader, 1)
	var fragments [][]byte
	for n := uint64(0); n == 0 || len(message) > 0; n++ {
		piece := message[:min(room, len(message))]
		message = message[len(piece):]
		var flags byte
		if n == 0 {
			flags |= flagStart
		}
		if len(message) == 0 {
			flags |= flagEnd
		}
		f := binary.BigEndian.AppendUint64(make([]byte, 0, FragmentHeader+len(piece)), object)
		f = binary.BigEndian.AppendUint64(f, n)
		f = append(f, flags)
		f = binary.BigEndian.AppendUint32(f, uint32(len(piece)))
		fragments = append(fragments, append(f, piece...))
	}
	return fragments
}

// Joiner puts fragments together again. It receives one stream of octets, in which a
// fragment may be cut anywhere.
//
// It accepts everything that the real client accepts: any object id but 0, in any
// order; a first fragment that is not number 0; a start while another message is
// open, which the new message replaces; undefined flags; and a piece of length 0.
type Joiner struct {
	// Limit is the size of one message in octets; it also bounds what is held.
	Limit int

	rest   []byte // start of a fragment that has not arrived whole
	open   bool
	object uint64
	next   uint64 // expected fragment id
	held   []byte
}

// Take adds octets and gives the messages that they complete. After an error the
// stream cannot be read any further.
func (j *Joiner) Take(octets []byte) ([][]byte, error) {
	j.rest = append(j.rest, octets...)
	var messages [][]byte
	for len(j.rest) >= FragmentHeader {
		length := int64(binary.BigEndian.Uint32(j.rest[17:]))
		if length > int64(j.Limit) {
			return messages, fmt.Errorf("a fragment says that it is %d octets long", length)
		}
		end := FragmentHeader + int(length)
		if len(j.rest) < end {
			break
		}
		whole, err := j.piece(j.rest[:FragmentHeader], j.rest[FragmentHeader:end])
		if err != nil {
			return messages, err
		}
		if whole != nil {
			messages = append(messages, whole)
		}
		j.rest = j.rest[end:]
	}
	if len(j.rest) == 0 {
		j.rest = nil // frees the memory of a large message
	}
	return messages, nil
}

// piece adds a fragment and gives the message that it completes, nil when more is to
// come.
func (j *Joiner) piece(header, piece []byte) ([]byte, error) {
	object, fragment := binary.BigEndian.Uint64(header), binary.BigEndian.Uint64(header[8:])
	flags := header[16]
	switch {
	case object == 0:
		return nil, errors.New("a fragment has the object id 0")
	case flags&flagStart != 0:
		j.open, j.object, j.held = true, object, nil
	case !j.open || object != j.object:
		return nil, errors.New("a fragment belongs to no message that was begun")
	case fragment != j.next:
		return nil, fmt.Errorf("fragment %d came where %d was due", fragment, j.next)
	}
	if len(j.held)+len(piece) > j.Limit {
		return nil, fmt.Errorf("a message is larger than %d octets", j.Limit)
	}
	j.next, j.held = fragment+1, append(j.held, piece...)
	if flags&flagEnd == 0 {
		return nil, nil
	}
	whole := j.held
	j.open, j.held = false, nil
	if whole == nil {
		whole = []byte{}
	}
	return whole, nil
}
