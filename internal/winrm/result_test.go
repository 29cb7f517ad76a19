package winrm

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// TestResults: a reply is an array or an error of the script. Anything else is the worker's
// mistake, and no result.
func TestResults(t *testing.T) {
	w := &Worker{Life: remote.NewLife("fe1", time.Hour, time.Now)}
	thrown := &remote.ScriptError{Message: "It broke.\r\nAt line 1"}
	for reason, c := range map[string]struct {
		reply reply
		kind  fault.Kind
	}{
		"an array":                 {reply{Result: json.RawMessage(`[1]`)}, ""},
		"an empty one":             {reply{Result: json.RawMessage(`[]`)}, ""},
		"an object":                {reply{Result: json.RawMessage(`{}`)}, fault.Internal},
		"nothing":                  {reply{}, fault.Internal},
		"an error":                 {reply{Error: thrown}, fault.Failed},
		"an error beside an array": {reply{Error: thrown, Result: json.RawMessage(`[]`)}, fault.Failed},
	} {
		got, err := w.result("Read-Topology", c.reply)
		if fault.KindOf(err) != c.kind || err == nil && string(got) != string(c.reply.Result) || err != nil && got != nil {
			t.Errorf("%s: %s, %v", reason, got, err)
		}
		if script, is := errors.AsType[*remote.ScriptError](err); is != (c.reply.Error != nil) || is && script.Script != "Read-Topology" {
			t.Errorf("%s: %v does not name its script", reason, err)
		}
	}
}
