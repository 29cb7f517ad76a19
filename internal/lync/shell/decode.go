package shell

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
)

// decode reads a reply: exactly one object with exactly the fields of T, and none of them
// left out: a part that is not there must not be taken for an empty one. The scripts belong to
// fedroute, so any other reply is reported as a defect of fedroute.
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
	if missing := lacks(objects[0], reflect.TypeFor[T]()); missing != "" {
		return zero, malformed(j, "it has no %s", missing)
	}
	return reply, nil
}

// lacks names a field of the type that a value of the type does not have, however deep it
// lies; "" when none is missing. A field that may be left out is not asked for.
func lacks(raw json.RawMessage, of reflect.Type) string {
	switch of.Kind() {
	case reflect.Slice:
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			return "" // null is no item
		}
		for _, item := range items {
			if missing := lacks(item, of.Elem()); missing != "" {
				return missing
			}
		}
	case reflect.Struct:
		var fields map[string]json.RawMessage
		_ = json.Unmarshal(raw, &fields) // the decoder has read it as an object
		for field := range of.Fields() {
			tag, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			name := cmp.Or(tag, field.Name)
			if name == "-" || options == "omitempty" {
				continue
			}
			value, there := fields[name]
			if !there {
				return name
			}
			if missing := lacks(value, field.Type); missing != "" {
				return name + "." + missing
			}
		}
	default:
	}
	return ""
}

// fits checks that a reply can be decoded. A function of an endpoint kit that answers
// otherwise was changed by somebody.
func fits[T any](raw json.RawMessage, j job) error {
	_, err := decode[T](raw, j)
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return nil
	}
	return fault.New(fault.Unsupported, j.op, j.target, "the endpoint kit there was changed: "+f.Cause).
		With("nothing is concluded from its answer", "write the kit anew with kubectl fedroute kit and install it on that machine")
}

// malformed reports a reply that no script of this catalogue should give.
func malformed(j job, format string, arguments ...any) error {
	return fault.New(fault.Internal, j.op, j.target,
		"the reply of "+j.script.name+" cannot be understood: "+fmt.Sprintf(format, arguments...)).
		With("", "report this with the server's product version")
}
