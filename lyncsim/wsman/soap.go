package wsman

// Namespaces. Requests are read by their namespaces, never by prefixes.
const (
	nsSOAP       = "http://www.w3.org/2003/05/soap-envelope"
	nsAddressing = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
	nsTransfer   = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
	nsEnumerate  = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
	nsManagement = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
	nsMicrosoft  = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
	nsShell      = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
	nsFault      = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
	nsIdentity   = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
)

const (
	shellResource   = nsShell + "/cmd"
	commandResource = nsShell + "/Command"
	configResource  = "http://schemas.microsoft.com/wbem/wsman/1/config"
	anonymous       = nsAddressing + "/role/anonymous"
	stateRunning    = nsShell + "/CommandState/Running"
	stateDone       = nsShell + "/CommandState/Done"

	signalTerminate = nsShell + "/signal/terminate"
	signalCtrlC     = nsShell + "/signal/ctrl_c"
	signalStop      = "powershell/signal/crtl_c" // spelt so (MS-PSRP 3.1.5.3.9)
	signalStopSpelt = "powershell/signal/ctrl_c" // pypsrp sends it, and Windows takes it
	signalCtrlBreak = nsShell + "/signal/ctrl_break"
)

// Actions that a client may request. The action of the reply has "Response"
// appended.
const (
	actionCreate    = nsTransfer + "/Create"
	actionDelete    = nsTransfer + "/Delete"
	actionGet       = nsTransfer + "/Get"
	actionEnumerate = nsEnumerate + "/Enumerate"
	actionCommand   = nsShell + "/Command"
	actionSend      = nsShell + "/Send"
	actionReceive   = nsShell + "/Receive"
	actionSignal    = nsShell + "/Signal"
	actionConnect   = nsShell + "/Connect"

	// The actions of disconnected sessions.
	actionDisconnect = nsShell + "/Disconnect"
	actionReconnect  = nsShell + "/Reconnect"

	actionFault = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
)
