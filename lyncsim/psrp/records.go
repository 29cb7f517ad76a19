package psrp

import (
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Output implements powershell.Client.
func (p *pipeline) Output(v any) error { return p.send(PipelineOutput, v) }

// recordTypes are the messages and classes of the records with a text.
var recordTypes = map[syntax.Stream]struct {
	kind  Type
	class string
}{
	syntax.WarningStream: {WarningRecord, "System.Management.Automation.WarningRecord"},
	syntax.VerboseStream: {VerboseRecord, "System.Management.Automation.VerboseRecord"},
	syntax.DebugStream:   {DebugRecord, "System.Management.Automation.DebugRecord"},
}

// Record implements powershell.Client.
func (p *pipeline) Record(stream syntax.Stream, record any) error {
	switch stream {
	case syntax.ErrorStream:
		return p.send(ErrorRecord, record)
	case syntax.InformationStream:
		return p.send(InformationRecord, information(record))
	}
	t, text := recordTypes[stream], value.Text(record)
	return p.send(t.kind, &dotnet.Instance{
		Types: []string{t.class, "System.Management.Automation.InformationalRecord", "System.Object"}, Text: text,
		Notes: []value.Property{
			{Name: "InformationalRecord_Message", Value: text},
			{Name: "InformationalRecord_SerializeInvocationInfo", Value: false},
		},
	})
}

// information is an information record (MS-PSRP 2.2.2.26).
func information(record any) *dotnet.Instance {
	data, tags := any(value.Text(record)), any(value.NewArrayList())
	if o, ok := record.(*value.Object); ok {
		if v, ok := o.Get("MessageData"); ok {
			data = v
		}
		if v, ok := o.Get("Tags"); ok && v != nil {
			tags = value.NewArrayList(value.Unroll(v)...)
		}
	}
	return notes("MessageData", data, "Source", "", "TimeGenerated", value.NewDateTime(time.Now()), "Tags", tags,
		"User", "", "Computer", "", "ProcessId", uint32(0), "NativeThreadId", uint32(0), "ManagedThreadId", uint32(0))
}

// Progress implements powershell.Client (MS-PSRP 2.2.2.25).
func (p *pipeline) Progress(activity, status string) error {
	return p.send(ProgressRecord, notes("Activity", activity, "ActivityId", int32(0), "StatusDescription", status, "CurrentOperation", nil,
		"ParentActivityId", int32(-1), "PercentComplete", int32(-1), "Type", progressType.Of("Processing"), "SecondsRemaining", int32(-1)))
}

var progressType = value.NewEnumType("System.Management.Automation.ProgressRecordType", "Processing", "Completed")
