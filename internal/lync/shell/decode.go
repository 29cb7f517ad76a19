package shell

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/fedroute/fedroute/internal/fault"
)

// decode reads a reply: exactly one object with exactly the fields of T. The scripts
// belong to fedroute, so any other reply is reported as a defect of fedroute.
func decode[T any](raw json.RawMessage, j job) (T, error) {
	var zero T
	var objects []json.RawMessage
	if err := json.Unmarshal(raw, &objects); err != nil {
		return zero, malformed(j, "it is no JSON array: %v", err)
	}
	if len(objects) != 1 {
		return zero, malformed(j, "it has %d objects instead of one", len(objects))
	}
	decoder := json.NewDecoder(bytes.NewReader(objects[0]))
	decoder.DisallowUnknownFields()
	var reply T
	if err := decoder.Decode(&reply); err != nil {
		return zero, malformed(j, "%v", err)
	}
	return reply, nil
}

// malformed reports a reply that no script of this catalogue should give.
func malformed(j job, format string, arguments ...any) error {
	return fault.New(fault.Internal, j.op, j.target,
		"the reply of "+j.script.name+" cannot be understood: "+fmt.Sprintf(format, arguments...)).
		With("", "report this with the server's product version")
}
