package pwsh

import (
	"encoding/base64"
	"errors"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// replyDepth is how many levels of properties of an object are sent.
const replyDepth = 16

// reply is one record of an answer: a table with the name of a stream and what
// the module needs to write the record to it.
type reply struct{ table *value.Hashtable }

func newReply(stream string) reply {
	return reply{value.NewHashtable().Set("Stream", stream)}
}

// line is the reply as it is sent.
func (r reply) line() []byte {
	text, err := dotnet.SerializeDepth(r.table, replyDepth)
	if err != nil {
		return refused("System.NotSupportedException", "NotSerialized", "NotImplemented", err.Error()).line()
	}
	return append([]byte(base64.StdEncoding.EncodeToString([]byte(text))), '\n')
}

func outputReply(v any) reply {
	r := newReply("Output")
	r.table.Set("Value", plain(v))
	return r
}

func messageReply(stream, text string) reply {
	r := newReply(stream)
	r.table.Set("Message", text)
	return r
}

// errorReply is an error record for the stream Error or Terminating.
func errorReply(stream string, e *value.ErrorRecord) reply {
	r := newReply(stream)
	r.table.Set("Exception", e.Exception.Type).Set("Message", e.Message()).Set("Id", e.ID).
		Set("Category", e.Category).Set("Target", plain(e.Target))
	if chain := numbered(e.Exception); len(chain) > 0 {
		r.table.Set("Chain", chain)
	}
	return r
}

// numbered lists an exception and those inside it, the innermost first, each with its
// class, message and numbers; none when they have no numbers.
func numbered(e *value.Exception) []any {
	var chain []any
	found := false
	for ; e != nil; e = e.Inner {
		numbers := value.NewHashtable()
		if e.Props != nil {
			for _, p := range e.Props.Properties() {
				numbers.Set(p.Name, p.Value)
				found = true
			}
		}
		chain = append([]any{value.NewHashtable().Set("Type", e.Type).Set("Message", e.Message).Set("Numbers", numbers)}, chain...)
	}
	if !found {
		return nil
	}
	return chain
}

func refused(exception, id, category, message string) reply {
	return errorReply("Terminating", value.NewErrorRecord(value.NewException(exception, message), id, category, nil))
}

// endReply says why a cmdlet ended early.
func endReply(err error) reply {
	if record, ok := errors.AsType[*value.ErrorRecord](err); ok {
		return errorReply("Terminating", record)
	}
	if unsupported, ok := errors.AsType[*syntax.UnsupportedError](err); ok {
		return refused("System.NotSupportedException", "NotSimulated", "NotImplemented", "not supported by the simulator: "+unsupported.Construct)
	}
	return refused("System.InvalidOperationException", "Stopped", "OperationStopped", err.Error())
}

// streams names the stream of a message record by its type.
var streams = map[string]string{
	"System.Management.Automation.WarningRecord": "Warning",
	"System.Management.Automation.VerboseRecord": "Verbose",
}

// recordReply makes the reply for one record of a cmdlet, whose streams are all
// merged.
func recordReply(v any) reply {
	if record, ok := v.(*value.ErrorRecord); ok {
		return errorReply("Error", record)
	}
	if stream, ok := streams[value.TypeName(v)]; ok {
		return messageReply(stream, value.Text(v))
	}
	return outputReply(v)
}
