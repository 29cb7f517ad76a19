package psrp

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// ID is the GUID of a pool or a pipeline, in the order of its text. The zero ID stands
// for the pool where a pipeline is asked for.
type ID [16]byte

// ParseID reads a GUID in any case, with or without braces.
func ParseID(text string) (ID, error) {
	var id ID
	digits := strings.ReplaceAll(strings.Trim(strings.TrimSpace(text), "{}"), "-", "")
	if len(digits) != 2*len(id) {
		return id, fmt.Errorf("%.60q is no GUID", text)
	}
	_, err := hex.Decode(id[:], []byte(digits))
	return id, err
}

// String is the GUID in lower case.
func (id ID) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// wire turns a GUID from the order of its text into the order of .NET, or back.
func (id ID) wire() ID {
	return ID{id[3], id[2], id[1], id[0], id[5], id[4], id[7], id[6], id[8], id[9], id[10], id[11], id[12], id[13], id[14], id[15]}
}

// Type is the type of a message (MS-PSRP 2.2.1).
type Type uint32

// The types of messages that this server reads or sends.
const (
	SessionCapability      Type = 0x00010002
	InitRunspacePool       Type = 0x00010004
	PublicKey              Type = 0x00010005
	ConnectRunspacePool    Type = 0x00010008
	SetMaxRunspaces        Type = 0x00021002
	SetMinRunspaces        Type = 0x00021003
	RunspaceAvailability   Type = 0x00021004
	RunspacePoolState      Type = 0x00021005
	CreatePipeline         Type = 0x00021006
	GetAvailableRunspaces  Type = 0x00021007
	ApplicationPrivateData Type = 0x00021009
	GetCommandMetadata     Type = 0x0002100A
	RunspacePoolInitData   Type = 0x0002100B
	ResetRunspaceState     Type = 0x0002100C
	PipelineInput          Type = 0x00041002
	EndOfPipelineInput     Type = 0x00041003
	PipelineOutput         Type = 0x00041004
	ErrorRecord            Type = 0x00041005
	PipelineState          Type = 0x00041006
	DebugRecord            Type = 0x00041007
	VerboseRecord          Type = 0x00041008
	WarningRecord          Type = 0x00041009
	ProgressRecord         Type = 0x00041010
	InformationRecord      Type = 0x00041011
)

// Destinations of a message.
const (
	toClient = 1
	toServer = 2
)

const (
	messageHeader = 40
	byteOrderMark = "\uFEFF"
)

// message is one message. Its text is CLIXML; an empty text is $null.
type message struct {
	kind           Type
	pool, pipeline ID
	text           string
}

// encode gives the octets of a message to the client.
func (m message) encode() []byte {
	head := make([]byte, 8, messageHeader+len(byteOrderMark)+len(m.text))
	binary.LittleEndian.PutUint32(head, toClient)
	binary.LittleEndian.PutUint32(head[4:], uint32(m.kind))
	pool, pipeline := m.pool.wire(), m.pipeline.wire()
	head = append(append(head, pool[:]...), pipeline[:]...)
	return append(append(head, byteOrderMark...), m.text...)
}

// decode reads a message of the client.
func decode(octets []byte) (message, error) {
	if len(octets) < messageHeader {
		return message{}, fmt.Errorf("a message of %d octets has no header", len(octets))
	}
	if to := binary.LittleEndian.Uint32(octets); to != toServer {
		return message{}, fmt.Errorf("a message is for destination %d", to)
	}
	return message{
		kind: Type(binary.LittleEndian.Uint32(octets[4:])), pool: ID(octets[8:24]).wire(), pipeline: ID(octets[24:40]).wire(),
		text: trimmed(octets),
	}, nil
}

// trimmed is the text of a message without its byte order mark.
func trimmed(octets []byte) string {
	return strings.TrimPrefix(string(octets[messageHeader:]), byteOrderMark)
}

// value reads the object in a message.
func (m message) value() (any, error) {
	if m.text == "" {
		return nil, nil
	}
	return dotnet.DeserializeMessage(m.text)
}

// bag reads a message whose object has properties.
func (m message) bag() (*value.Object, error) {
	v, err := m.value()
	if err != nil {
		return nil, err
	}
	o, ok := v.(*value.Object)
	if !ok {
		return nil, errors.New("the message has no properties")
	}
	return o, nil
}

// needed gives properties that a message must have. They may be null.
func needed(o *value.Object, names ...string) error {
	for _, name := range names {
		if _, ok := o.Get(name); !ok {
			return fmt.Errorf("remoting data is missing %s property", name)
		}
	}
	return nil
}

// notes makes the object of a message: properties without a type.
func notes(pairs ...any) *dotnet.Instance {
	i := &dotnet.Instance{}
	for n := 0; n < len(pairs); n += 2 {
		i.Notes = append(i.Notes, value.Property{Name: pairs[n].(string), Value: pairs[n+1]})
	}
	return i
}
