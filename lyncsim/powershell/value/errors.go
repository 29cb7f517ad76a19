package value

import "strings"

// Exception is a .NET exception. It is also a Go error.
type Exception struct {
	Type    string   // full .NET name
	Bases   []string // base classes, nearest first; a typed catch matches them too
	Message string
	Inner   *Exception
	Props   *Object      // further properties, e.g. ParameterName; may be nil
	Record  *ErrorRecord // the error record that the exception carries, may be nil
}

// NewException makes an exception of a type.
func NewException(typeName, message string) *Exception {
	return &Exception{Type: typeName, Message: message}
}

// Error is the exception's message.
func (e *Exception) Error() string { return e.Message }

// TypeName is the .NET name.
func (e *Exception) TypeName() string { return e.Type }

// ShortType is the type name without its namespace.
func (e *Exception) ShortType() string { return e.Type[strings.LastIndex(e.Type, ".")+1:] }

// Category is System.Management.Automation.ErrorCategory.
var Category = NewEnumType("System.Management.Automation.ErrorCategory",
	"NotSpecified", "OpenError", "CloseError", "DeviceError", "DeadlockDetected", "InvalidArgument",
	"InvalidData", "InvalidOperation", "InvalidResult", "InvalidType", "MetadataError", "NotImplemented",
	"NotInstalled", "ObjectNotFound", "OperationStopped", "OperationTimeout", "SyntaxError", "ParserError",
	"PermissionDenied", "ResourceBusy", "ResourceExists", "ResourceUnavailable", "ReadError", "WriteError",
	"FromStdErr", "SecurityError", "ProtocolError", "ConnectionError", "AuthenticationError", "LimitsExceeded",
	"QuotaExceeded", "NotEnabled")

// ErrorRecord is the entry that a failed command leaves in $Error. It is also a Go error.
type ErrorRecord struct {
	Exception  *Exception
	ID         string // FullyQualifiedErrorId before the command's name is added
	Category   string // a name of Category
	Target     any
	Activity   string // CategoryInfo.Activity: the command, "" outside of a command
	Command    string // the command's name that FullID appends to ID, "" for none
	Invocation *Invocation
	Details    string // ErrorDetails.Message; when set, it replaces the exception's message
}

// Invocation is the place in a script of the command that failed.
type Invocation struct {
	Name       string // name of the command
	Line, Char int32  // position in the script, from 1
	Text       string // the source line
	File       string
}

// NewErrorRecord makes a record. The id does not contain the command's name; category
// is a name of Category.
func NewErrorRecord(e *Exception, id, category string, target any) *ErrorRecord {
	return &ErrorRecord{Exception: e, ID: id, Category: category, Target: target}
}

// Error is the record's message.
func (r *ErrorRecord) Error() string { return r.Message() }

// Unwrap gives the exception.
func (r *ErrorRecord) Unwrap() error { return r.Exception }

// TypeName is the .NET name.
func (r *ErrorRecord) TypeName() string { return "System.Management.Automation.ErrorRecord" }

// Message is the text that PowerShell shows: Details when set, else the exception's
// message.
func (r *ErrorRecord) Message() string {
	if r.Details != "" {
		return r.Details
	}
	return r.Exception.Message
}

// FullID is the FullyQualifiedErrorId: the id and, after a comma, the command.
func (r *ErrorRecord) FullID() string {
	if r.Command == "" {
		return r.ID
	}
	return r.ID + "," + r.Command
}
