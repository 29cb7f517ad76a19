package message

import "github.com/fedroute/fedroute/internal/psrp/clixml"

// Text of a record for people: of a warning, a verbose or a debug record its
// message (MS-PSRP 2.2.3.16), of an information record its data (2.2.2.26), of a
// progress record activity and status (2.2.2.25).
func Text(t Type, v *clixml.Value) string {
	switch t {
	case InformationRecord:
		return informationText(v.Get("MessageData"))
	case ProgressRecord:
		return v.Get("Activity").String() + ": " + v.Get("StatusDescription").String()
	default: // the records that are left are of one form
		if text := v.Get("InformationalRecord_Message"); text != nil {
			return text.String()
		}
		return v.String()
	}
}

// informationText looks into what Write-Host sends: a message with colours.
func informationText(data *clixml.Value) string {
	if text := data.Get("Message"); text != nil {
		return text.String()
	}
	return data.String()
}
