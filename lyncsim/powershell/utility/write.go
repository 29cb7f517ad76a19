package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func writeOutput() cmdlet {
	return cmdlet{name: "Write-Output", heeds: "InputObject NoEnumerate",
		unsaid: map[string]unsaid{"InputObject": {nulls: true, rest: true, typ: "Object"}},
		process: eachSubject(func(_ context.Context, c *powershell.Call, item any) error {
			if _, isPiped := c.Input(); !isPiped {
				item = remaining(item)
			}
			// The reference page says that PowerShell 5.1 ignores -NoEnumerate when
			// -InputObject is given by name.
			if c.On("NoEnumerate") && (c.Runspace().Edition() == powershell.Core7 || !c.Named("InputObject")) {
				return c.EmitWhole(whole(item))
			}
			return c.Emit(item)
		})}
}

// remaining is the value of a parameter that takes all arguments that are left. A single
// argument stands for itself, not for a list of one.
func remaining(v any) any {
	if items, ok := v.([]any); ok && len(items) == 1 {
		return items[0]
	}
	return v
}

// joined is the text that Write-Host makes of an object. The elements of a collection
// are joined, and so are those of collections inside it.
func joined(v any, separator string) string {
	items, ok := value.Items(v)
	if h, isTable := v.(*value.Hashtable); isTable {
		for _, k := range h.Keys() {
			x, _ := h.Get(k)
			items = append(items, "["+value.Text(k)+", "+value.Text(x)+"]")
		}
		ok = true
	}
	switch v.(type) {
	case value.DateTime, float32, float64: // written in the form of the culture
		return value.MethodText(v, false)
	}
	if !ok {
		return value.Text(v)
	}
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = joined(item, separator)
	}
	return strings.Join(texts, separator)
}

// writeHost is Write-Host. It ignores the colours, because a shell without a screen
// shows none.
func writeHost() cmdlet {
	return cmdlet{name: "Write-Host", heeds: "Object NoNewline Separator ForegroundColor BackgroundColor",
		unsaid: map[string]unsaid{"Object": {rest: true}},
		process: func(_ context.Context, c *powershell.Call) error {
			separator := " "
			if c.Has("Separator") {
				separator = c.Text("Separator")
			}
			return c.WriteHost(joined(c.Value("Object"), separator), !c.On("NoNewline"))
		}}
}

// message makes one of the commands that write a text to a stream.
func message(name string, write func(c *powershell.Call, text string) error) cmdlet {
	return cmdlet{name: name, heeds: "Message", unsaid: map[string]unsaid{"Message": {empty: true}},
		process: func(_ context.Context, c *powershell.Call) error { return write(c, c.Text("Message")) }}
}

func messages() []cmdlet {
	return []cmdlet{
		message("Write-Warning", func(c *powershell.Call, text string) error { return c.Warn("%s", text) }),
		message("Write-Verbose", func(c *powershell.Call, text string) error { return c.Verbose("%s", text) }),
		message("Write-Debug", func(c *powershell.Call, text string) error { return c.Debug(text) }),
		writeInformation(), writeProgress(),
	}
}

func writeInformation() cmdlet {
	return cmdlet{name: "Write-Information", heeds: "MessageData Tags", unsaid: map[string]unsaid{"MessageData": {nulls: true}},
		process: func(_ context.Context, c *powershell.Call) error {
			return c.Information(c.Text("MessageData"), c.Texts("Tags"))
		}}
}

// writeProgress is Write-Progress. It writes the activity and its status. The remaining
// parameters have no effect, because no client of a shell shows how far the work is.
func writeProgress() cmdlet {
	return cmdlet{name: "Write-Progress",
		heeds: "Activity Status Id PercentComplete SecondsRemaining CurrentOperation ParentId Completed SourceId",
		process: func(_ context.Context, c *powershell.Call) error {
			return c.Progress(c.Text("Activity"), c.Text("Status"))
		}}
}
