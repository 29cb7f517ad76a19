package wsman

import "fmt"

// Codes of WsmErrorCodes.h and winerror.h that this service answers with, by the values that
// windows-rs and Vanara.PInvoke have of them.
const (
	CodeAccessDenied        uint32 = 5
	CodeInvalidParameter    uint32 = 87
	CodeBusy                uint32 = 170
	CodeAborted             uint32 = 995
	CodeFileNotFound        uint32 = 2147942402 // HRESULT of 2
	CodeBrokenPipe          uint32 = 2147942509 // HRESULT of 109
	CodeCommandLineTooLong  uint32 = 2147942606 // HRESULT of 206
	CodeMarkedForDeletion   uint32 = 2147943418 // HRESULT of 1018
	CodeActionNotSupported  uint32 = 2150858771
	CodeInvalidHeader       uint32 = 2150858767
	CodeMustUnderstand      uint32 = 2150858768
	CodeHeaderRequired      uint32 = 2150858769
	CodeEnvelopeTooLarge    uint32 = 2150858790
	CodeTimedOut            uint32 = 2150858793
	CodeInvalidResourceURI  uint32 = 2150858811 // seen for a session configuration that is not registered: jborean93/pypsrp issues 41 and 47
	CodeSchemaViolation     uint32 = 2150858817
	CodeMaxEnvelopeTooSmall uint32 = 2150858823
	CodeUnknownShell        uint32 = 2150858843
	CodeTooManyShells       uint32 = 2150859173
	CodeTooManyOperations   uint32 = 2150859174
	CodeTooManyCommands     uint32 = 2150859241
	CodeManagedAccount      uint32 = 2150859261 // ERROR_WSMAN_RUNASUSER_MANAGEDACCOUNT_LOGON_FAILED
	CodeShellDisconnected   uint32 = 2150859204 // ERROR_WINRS_SHELL_DISCONNECTED
	CodeOtherClient         uint32 = 2150859213 // ERROR_WINRS_SHELL_CONNECTED_TO_DIFFERENT_CLIENT
)

// message names one kind of mistake; its code, subcode and texts are found by it.
type message string

const (
	accessDenied      message = "access denied"
	invalidParameter  message = "invalid parameter"
	busy              message = "busy"
	aborted           message = "aborted"
	fileNotFound      message = "file not found"
	brokenPipe        message = "broken pipe"
	commandTooLong    message = "command line too long"
	markedForDeletion message = "marked for deletion"
	unsupportedAction message = "action not supported"
	mustUnderstand    message = "must understand"
	headerRequired    message = "header required"
	invalidHeader     message = "invalid header"
	invalidTimeout    message = "invalid time-out"
	envelopeTooLarge  message = "envelope too large"
	timedOut          message = "timed out"
	resourceNotFound  message = "resource not found"
	schemaViolation   message = "schema violation"
	invalidXML        message = "invalid XML"
	envelopeTooSmall  message = "reply envelope too small"
	invalidSelectors  message = "invalid selectors"
	unknownShell      message = "unknown shell"
	unknownCommand    message = "unknown command"
	tooManyShells     message = "shell quota"
	tooManyOperations message = "operations quota"
	tooManyCommands   message = "commands quota"
	shellDisconnected message = "shell disconnected"
	otherClient       message = "shell of another client"
	managedAccount    message = "managed account logon"
	unspecified       message = "unspecified"
)

// class is the content of a fault apart from its text.
type class struct {
	code    uint32
	role    string // Sender or Receiver
	subcode string // prefix as declared by every reply
	// detail names what was wrong with the request, as in DSP0226; empty for most faults.
	detail string
	// plugin is set for faults of the plugin for processes. Their text stands in an element
	// of its own.
	plugin bool
}

// Details of faults.
const (
	detailValue     = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/InvalidValue"
	detailResource  = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/InvalidResourceURI" // DSP0226 names it beside DestinationUnreachable
	detailSelectors = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/UnexpectedSelectors"
)

var classes = map[message]class{
	accessDenied:      {code: CodeAccessDenied, role: "Sender", subcode: "w:AccessDenied"},
	invalidParameter:  {code: CodeInvalidParameter, role: "Sender", subcode: "w:InvalidParameter", detail: detailValue, plugin: true},
	busy:              {code: CodeBusy, role: "Receiver", subcode: "w:InternalError"},
	aborted:           {code: CodeAborted, role: "Receiver", subcode: "w:InternalError"},
	fileNotFound:      {code: CodeFileNotFound, role: "Receiver", subcode: "w:InternalError", plugin: true},
	brokenPipe:        {code: CodeBrokenPipe, role: "Receiver", subcode: "w:InternalError"},
	commandTooLong:    {code: CodeCommandLineTooLong, role: "Receiver", subcode: "w:InternalError"},
	markedForDeletion: {code: CodeMarkedForDeletion, role: "Receiver", subcode: "w:InternalError"},
	unsupportedAction: {code: CodeActionNotSupported, role: "Sender", subcode: "a:ActionNotSupported"},
	mustUnderstand:    {code: CodeMustUnderstand, role: "MustUnderstand", subcode: ""},
	invalidTimeout:    {code: CodeInvalidHeader, role: "Sender", subcode: "a:InvalidMessageInformationHeader"},
	headerRequired:    {code: CodeHeaderRequired, role: "Sender", subcode: "a:MessageInformationHeaderRequired"},
	envelopeTooLarge:  {code: CodeEnvelopeTooLarge, role: "Sender", subcode: "w:EncodingLimit"},
	timedOut:          {code: CodeTimedOut, role: "Receiver", subcode: "w:TimedOut"},
	resourceNotFound:  {code: CodeInvalidResourceURI, role: "Sender", subcode: "a:DestinationUnreachable", detail: detailResource},
	schemaViolation:   {code: CodeSchemaViolation, role: "Sender", subcode: "w:SchemaValidationError"},
	invalidXML:        {code: CodeSchemaViolation, role: "Sender", subcode: "w:SchemaValidationError"},
	envelopeTooSmall:  {code: CodeMaxEnvelopeTooSmall, role: "Sender", subcode: "w:EncodingLimit"},
	unknownShell:      {code: CodeUnknownShell, role: "Sender", subcode: "w:InvalidSelectors", detail: detailSelectors},
	unknownCommand:    {code: CodeUnknownShell, role: "Sender", subcode: "w:InvalidSelectors", detail: detailSelectors},
	tooManyShells:     {code: CodeTooManyShells, role: "Receiver", subcode: "w:QuotaLimit"},
	tooManyOperations: {code: CodeTooManyOperations, role: "Receiver", subcode: "w:QuotaLimit"},
	tooManyCommands:   {code: CodeTooManyCommands, role: "Receiver", subcode: "w:QuotaLimit"},
	shellDisconnected: {code: CodeShellDisconnected, role: "Receiver", subcode: "w:InternalError"},
	otherClient:       {code: CodeOtherClient, role: "Receiver", subcode: "w:InternalError"},
	managedAccount:    {code: CodeManagedAccount, role: "Receiver", subcode: "w:InternalError"},
	unspecified:       {code: 0, role: "Receiver", subcode: "w:InternalError"},
}

// fault is an error that is sent as a SOAP fault.
type fault struct {
	class
	message message
	about   string // a name or number that the text mentions
}

func newFault(m message, about string) *fault {
	return &fault{class: classes[m], message: m, about: about}
}

// faultOf is the fault with a given code, for rules that cause one. An unknown code
// gives a fault with that code and a general text.
func faultOf(code uint32) *fault {
	for _, m := range []message{unknownShell, schemaViolation} { // codes with two messages
		if classes[m].code == code {
			return newFault(m, "")
		}
	}
	for m, c := range classes {
		if c.code == code {
			return newFault(m, "")
		}
	}
	f := newFault(unspecified, fmt.Sprintf("0x%08X", code))
	f.code = code
	return f
}

// Error is the English text, for logs.
func (f *fault) Error() string { return f.text("en-US") }
