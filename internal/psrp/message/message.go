// Package message makes and reads the messages of PowerShell Remoting (MS-PSRP 2.2):
// fragments, messages, the content that a client sends and the content that it reads
// from a server. It opens no connection and reads no clock.
package message

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/internal/psrp/clixml"
)

// Type of a message (MS-PSRP 2.2.1).
type Type uint32

// These are the types that this client sends or reads. It skips all others, as the
// real client does.
const (
	SessionCapability      Type = 0x00010002
	InitRunspacePool       Type = 0x00010004
	PublicKeyRequest       Type = 0x00010007
	ConnectRunspacePool    Type = 0x00010008
	CreatePipelineType     Type = 0x00021006
	RunspacePoolState      Type = 0x00021005
	RunspacePoolInitData   Type = 0x0002100B
	RunspacePoolHostCall   Type = 0x00021100
	PoolHostResponse       Type = 0x00021101
	ApplicationPrivateData Type = 0x00021009
	PipelineOutput         Type = 0x00041004
	ErrorRecordType        Type = 0x00041005
	PipelineState          Type = 0x00041006
	DebugRecord            Type = 0x00041007
	VerboseRecord          Type = 0x00041008
	WarningRecord          Type = 0x00041009
	ProgressRecord         Type = 0x00041010
	InformationRecord      Type = 0x00041011
	PipelineHostCall       Type = 0x00041100
	PipelineHostResponse   Type = 0x00041101
)

const (
	toClient = 1
	toServer = 2

	headerLength = 40
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// Message is one message from or to the pool, or one of its pipelines.
type Message struct {
	Type     Type
	Pool     ID
	Pipeline ID // zero for the pool
	// Text is the CLIXML. It is empty where the whole content is $null.
	Text string
}

// Encode gives the octets of a message to the server (MS-PSRP 2.2.1).
func (m Message) Encode() []byte {
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, headerLength+len(byteOrderMark)+len(m.Text)), toServer)
	b = binary.LittleEndian.AppendUint32(b, uint32(m.Type))
	pool, pipeline := m.Pool.swapped(), m.Pipeline.swapped()
	b = append(append(b, pool[:]...), pipeline[:]...)
	return append(append(b, byteOrderMark...), m.Text...)
}

// Decode reads a message to the client.
func Decode(octets []byte) (Message, error) {
	if len(octets) < headerLength {
		return Message{}, fmt.Errorf("a message is %d octets long, which is less than its header", len(octets))
	}
	if to := binary.LittleEndian.Uint32(octets); to != toClient {
		return Message{}, errors.New("a message is not for the client")
	}
	return Message{
		Type: Type(binary.LittleEndian.Uint32(octets[4:])),
		Pool: ID(octets[8:24]).swapped(), Pipeline: ID(octets[24:40]).swapped(),
		Text: string(bytes.TrimPrefix(octets[headerLength:], byteOrderMark)),
	}, nil
}

// Value reads the message's text. An empty text is $null; a text that is only <Nil
// /> is refused, as the real client does.
func (m Message) Value() (*clixml.Value, error) {
	if m.Text == "" {
		return nil, nil
	}
	v, err := clixml.Read(m.Text)
	if err != nil {
		return nil, fmt.Errorf("message %#08x: %w", uint32(m.Type), err)
	}
	if v == nil {
		return nil, fmt.Errorf("message %#08x is a null object", uint32(m.Type))
	}
	return v, nil
}
