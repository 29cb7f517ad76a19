package pwsh

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// calling runs the cmdlet. Its records are output in the order in which they were
// written. The error that ended it, if any, stays in a variable.
const calling = `try { & $lyncsimCmdlet @lyncsimParameters *>&1 } catch { $lyncsimEnd = $_ }`

// call runs the call of a line and gives the records of the answer. A panic in a
// cmdlet ends the call, but not the organization.
func (v visit) call(ctx context.Context, line []byte) (replies []reply) {
	defer func() {
		if defect := recover(); defect != nil {
			err := &syntax.UnsupportedError{Construct: fmt.Sprintf("this call, because of a defect of the simulator (%v)", defect)}
			replies = []reply{endReply(err)}
		}
	}()
	table, err := parseCall(line)
	if err != nil {
		return []reply{refused("System.FormatException", "CallNotUnderstood", "InvalidData", "the call is not understood: "+err.Error())}
	}
	var host strings.Builder
	rs := v.runspace(&host)
	defer rs.Close()
	for name, key := range map[string]string{"lyncsimCmdlet": "Cmdlet", "lyncsimParameters": "Parameters", "WhatIfPreference": "WhatIf", "ConfirmPreference": "Confirm"} {
		entry, _ := table.Get(key)
		rs.Set(name, entry)
	}
	rs.Set("VerbosePreference", "Continue") // the caller's preference decides at the caller
	records, err := rs.Eval(ctx, calling)
	for text := range strings.Lines(host.String()) {
		replies = append(replies, messageReply("Host", strings.TrimRight(text, "\r\n")))
	}
	for _, record := range records {
		replies = append(replies, recordReply(record))
	}
	if record, ok := rs.Get("lyncsimEnd").(*value.ErrorRecord); ok && err == nil {
		err = record
	}
	if err != nil {
		replies = append(replies, endReply(err))
	}
	return replies
}

// runspace makes an engine with the machine's modules only. It has no cmdlets of the
// shell and no programs.
func (v visit) runspace(host *strings.Builder) *powershell.Runspace {
	return powershell.New(powershell.Options{
		Notation: powershell.Recorded, Stdout: host, Stderr: host, Clock: v.seat.Clock, Machine: v.seat.Machine,
		Files: Disk{}, Env: map[string]string{"TEMP": v.temp}, Loaded: append([]*powershell.Module{v.machine(), v.seat.Product}, v.seat.Further...),
	})
}

// parseCall reads a table with Cmdlet and Parameters from its base64 text.
func parseCall(line []byte) (*value.Hashtable, error) {
	text, err := base64.StdEncoding.DecodeString(string(line))
	if err != nil {
		return nil, err
	}
	v, err := dotnet.Deserialize(string(text))
	if err != nil {
		return nil, err
	}
	table, ok := arrived(v).(*value.Hashtable)
	if !ok {
		return nil, errors.New("it is no table")
	}
	name, _ := table.Get("Cmdlet")
	if _, ok := name.(string); !ok {
		return nil, errors.New("it names no cmdlet")
	}
	parameters, _ := table.Get("Parameters")
	if _, ok := parameters.(*value.Hashtable); !ok {
		return nil, errors.New("it has no parameters")
	}
	return table, nil
}
