package powershell

import (
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// message writes to the warning, verbose, debug or information stream. The call's
// parameter or the preference variable decides what becomes of the text.
func (inv *invocation) message(stream syntax.Stream, text string) error {
	return inv.record(stream, newMessage(stream, text))
}

func (inv *invocation) record(stream syntax.Stream, record *value.Object) error {
	m, text := messages[stream], value.Text(record)
	action := inv.preference(m.parameter, m.variable)
	inv.keep(stream, record)
	if action == actionSilent && stream == informationStream { // only a redirection gets it
		inv.frame.rs.host.quiet = record
		return inv.frame.streams[stream](record)
	}
	switch action {
	case actionSilent, actionIgnore:
		return nil
	case actionStop:
		if err := inv.frame.streams[stream](record); err != nil {
			return err
		}
		stop := inv.terminating(value.NewErrorRecord(value.NewException(stopException, fmt.Sprintf(
			"The running command stopped because the preference variable \"%s\" or common parameter is set to Stop: %s", m.variable, text)),
			"ActionPreferenceStop", "OperationStopped", nil))
		stop.final = true
		return stop
	}
	return inv.frame.streams[stream](record)
}

// messageKind names the parameter and the variable that decide about a stream, and the
// class of its records.
type messageKind struct{ parameter, variable, record string }

var messages = map[syntax.Stream]messageKind{
	warningStream:     {"WarningAction", "WarningPreference", "System.Management.Automation.WarningRecord"},
	verboseStream:     {"Verbose", "VerbosePreference", "System.Management.Automation.VerboseRecord"},
	debugStream:       {"Debug", "DebugPreference", "System.Management.Automation.DebugRecord"},
	informationStream: {"InformationAction", "InformationPreference", "System.Management.Automation.InformationRecord"},
}

// noNewLine is the property of an information record that does not end its line.
const noNewLine = "NoNewLine"

func newMessage(stream syntax.Stream, text string) *value.Object {
	o := value.NewObject(messages[stream].record).Set("Message", text)
	if stream == informationStream {
		o = value.NewObject(messages[stream].record).Set("MessageData", text)
	}
	o.Text = func() string { return text }
	return o
}

func (inv *invocation) progress(activity, status string) error {
	if a := inv.preference("ProgressAction", "ProgressPreference"); a == actionSilent || a == actionIgnore {
		return nil
	}
	return inv.frame.rs.host.progress(activity, status)
}
