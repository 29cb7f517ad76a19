package wsman

import "fmt"

// Codes of wsmerror.h and winerror.h that this service answers with.
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
	CodeMustUnderstand      uint32 = 2150858768
	CodeHeaderRequired      uint32 = 2150858769
	CodeEnvelopeTooLarge    uint32 = 2150858790
	CodeTimedOut            uint32 = 2150858793
	CodeResourceNotFound    uint32 = 2150858752
	CodeSchemaViolation     uint32 = 2150858817
	CodeMaxEnvelopeTooSmall uint32 = 2150858823
	CodeUnknownShell        uint32 = 2150858843
	CodeTooManyShells       uint32 = 2150859173
	CodeTooManyOperations   uint32 = 2150859174
	CodeTooManyCommands     uint32 = 2150859241
	CodeShellDisconnected   uint32 = 2150859204
	CodeNotDisconnected     uint32 = 2150859217
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
	envelopeTooLarge  message = "envelope too large"
	timedOut          message = "timed out"
	resourceNotFound  message = "resource not found"
	schemaViolation   message = "schema violation"
	invalidXML        message = "invalid XML"
	envelopeTooSmall  message = "reply envelope too small"
	unknownShell      message = "unknown shell"
	unknownCommand    message = "unknown command"
	tooManyShells     message = "shell quota"
	tooManyOperations message = "operations quota"
	tooManyCommands   message = "commands quota"
	shellDisconnected message = "shell disconnected"
	notDisconnected   message = "shell not disconnected"
	unspecified       message = "unspecified"
)

// class is the content of a fault apart from its text.
type class struct {
	code    uint32
	role    string // Sender or Receiver
	subcode string // prefix as declared by every reply
}

var classes = map[message]class{
	accessDenied:      {CodeAccessDenied, "Sender", "w:AccessDenied"},
	invalidParameter:  {CodeInvalidParameter, "Receiver", "w:InternalError"},
	busy:              {CodeBusy, "Receiver", "w:InternalError"},
	aborted:           {CodeAborted, "Receiver", "w:InternalError"},
	fileNotFound:      {CodeFileNotFound, "Receiver", "w:InternalError"},
	brokenPipe:        {CodeBrokenPipe, "Receiver", "w:InternalError"},
	commandTooLong:    {CodeCommandLineTooLong, "Receiver", "w:InternalError"},
	markedForDeletion: {CodeMarkedForDeletion, "Receiver", "w:InternalError"},
	unsupportedAction: {CodeActionNotSupported, "Sender", "a:ActionNotSupported"},
	mustUnderstand:    {CodeMustUnderstand, "MustUnderstand", ""},
	headerRequired:    {CodeHeaderRequired, "Sender", "a:MessageInformationHeaderRequired"},
	envelopeTooLarge:  {CodeEnvelopeTooLarge, "Sender", "w:EncodingLimit"},
	timedOut:          {CodeTimedOut, "Receiver", "w:TimedOut"},
	resourceNotFound:  {CodeResourceNotFound, "Sender", "a:DestinationUnreachable"},
	schemaViolation:   {CodeSchemaViolation, "Sender", "w:SchemaValidationError"},
	invalidXML:        {CodeSchemaViolation, "Sender", "w:SchemaValidationError"},
	envelopeTooSmall:  {CodeMaxEnvelopeTooSmall, "Sender", "w:EncodingLimit"},
	unknownShell:      {CodeUnknownShell, "Sender", "w:InvalidSelectors"},
	unknownCommand:    {CodeUnknownShell, "Sender", "w:InvalidSelectors"},
	tooManyShells:     {CodeTooManyShells, "Receiver", "w:QuotaLimit"},
	tooManyOperations: {CodeTooManyOperations, "Receiver", "w:QuotaLimit"},
	tooManyCommands:   {CodeTooManyCommands, "Receiver", "w:QuotaLimit"},
	shellDisconnected: {CodeShellDisconnected, "Receiver", "w:InternalError"},
	notDisconnected:   {CodeNotDisconnected, "Receiver", "w:InternalError"},
	unspecified:       {0, "Receiver", "w:InternalError"},
}

// fault is an error that is sent as a SOAP fault.
type fault struct {
	class
	message message
	detail  string // a name or number that the text mentions
}

func newFault(m message, detail string) *fault {
	return &fault{class: classes[m], message: m, detail: detail}
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
