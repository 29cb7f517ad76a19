package value

import "strings"

// Exception is a .NET exception. It is also a Go error.
type Exception struct {
	Type    string   // full .NET name
	Bases   []string // further types that a typed catch matches, nearest first
	Message string
	Inner   *Exception
	Props   *Object      // further properties, e.g. ParameterName; may be nil
	Record  *ErrorRecord // the error record that the exception carries, may be nil
}

// NewException makes an exception of a type.
func NewException(typeName, message string) *Exception {
	return &Exception{Type: typeName, Message: message}
}

// Error is the message.
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

// ErrorRecord is what a failed command leaves in $Error. It is also a Go error.
type ErrorRecord struct {
	Exception  *Exception
	ID         string // FullyQualifiedErrorId before the command's name is added
	Category   string // a name of Category
	Target     any
	Activity   string // CategoryInfo.Activity: the command, "" outside of one
	Command    string // what is appended to ID, "" for nothing
	Invocation *Invocation
	Details    string // ErrorDetails.Message, replaces the exception's message
}

// Invocation says where a command stood when it failed.
type Invocation struct {
	Name       string // of the command
	Line, Char int32  // position in the script, from 1
	Text       string // the source line
	File       string
}

// NewErrorRecord makes a record: id without the command's name, category by its name.
func NewErrorRecord(e *Exception, id, category string, target any) *ErrorRecord {
	return &ErrorRecord{Exception: e, ID: id, Category: category, Target: target}
}

// Error is the message.
func (r *ErrorRecord) Error() string { return r.Message() }

// Unwrap gives the exception.
func (r *ErrorRecord) Unwrap() error { return r.Exception }

// TypeName is the .NET name.
func (r *ErrorRecord) TypeName() string { return "System.Management.Automation.ErrorRecord" }

// Message is what people read.
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
