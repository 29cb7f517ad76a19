package message

import "github.com/fedroute/fedroute/internal/psrp/clixml"

// Text gives a record's text for people. For a warning, verbose or debug record that
// is its message (MS-PSRP 2.2.3.16), for an information record its data (2.2.2.26),
// for a progress record its activity and status (2.2.2.25).
func Text(t Type, v *clixml.Value) string {
	switch t {
	case InformationRecord:
		return informationText(v.Get("MessageData"))
	case ProgressRecord:
		return v.Get("Activity").String() + ": " + v.Get("StatusDescription").String()
	default: // the remaining records have the same form
		if text := v.Get("InformationalRecord_Message"); text != nil {
			return text.String()
		}
		return v.String()
	}
}

// informationText reads the text from what Write-Host sends: a message with colours.
func informationText(data *clixml.Value) string {
	if text := data.Get("Message"); text != nil {
		return text.String()
	}
	return data.String()
}
