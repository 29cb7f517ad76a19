package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
)

// Digest is a digest of what the intent asks for. Two intents with equal digests want the
// same changes of the same world. What the intent leaves out does not count, so a field
// that a later version of fedroute adds changes no digest while nobody sets it. Neither
// does the way to a port or a host.
func (in Intent) Digest() string {
	in.PortsConnect, in.Hosts = false, nil
	var tree any
	text, err := json.Marshal(in)
	if err == nil {
		err = json.Unmarshal(text, &tree)
	}
	if err == nil {
		text, err = json.Marshal(said(tree))
	}
	if err != nil { // an Intent holds nothing that JSON cannot tell
		panic(fmt.Sprintf("digest of an intent: %v", err))
	}
	sum := sha256.Sum256(text)
	return "sha256-" + hex.EncodeToString(sum[:])[:16]
}

// said drops what a JSON value leaves at zero.
func said(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, member := range v {
			if member = said(member); member == nil {
				delete(v, k)
			} else {
				v[k] = member
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = said(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case nil:
		return nil
	default:
		if reflect.ValueOf(v).IsZero() {
			return nil
		}
	}
	return v
}
