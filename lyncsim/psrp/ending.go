package psrp

import (
	"encoding/binary"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Ending watches what another server sends for one pipeline, and notices its end. A
// transport needs to know it: over WSMan the last answer says so.
type Ending struct{ assembler }

// Take takes octets of the pipeline's stream. It reports whether they hold the pipeline's
// last message.
func (e *Ending) Take(octets []byte) bool {
	messages, _ := e.take(octets) // the client judges what cannot be read
	for _, m := range messages {
		if len(m) < messageHeader || Type(binary.LittleEndian.Uint32(m[4:])) != PipelineState {
			continue
		}
		v, err := dotnet.DeserializeMessage(trimmed(m))
		o, ok := v.(*value.Object)
		if err != nil || !ok {
			continue
		}
		switch pipelineState(number(o, "PipelineState")) {
		case stopped, completed, failed:
			return true
		}
	}
	return false
}
