package message

import (
	"errors"
	"strconv"

	"github.com/fedroute/fedroute/internal/psrp/clixml"
)

// ErrorRecord describes an error of PowerShell (MS-PSRP 2.2.3.15).
type ErrorRecord struct {
	// ID is the FullyQualifiedErrorId. It is stable, so callers branch on it.
	ID string
	// Category is the ErrorCategory's name, e.g. "ObjectNotFound".
	Category string
	// Message is in the host's language.
	Message string
	// Exception is the type of the exception, e.g. "System.IO.IOException".
	Exception string
	// Target is the text of the record's TargetObject, often empty.
	Target string
}

// Error is the message.
func (r *ErrorRecord) Error() string { return r.Message }

// ReadError reads a record; nil for $null. Two of its properties must be present, as
// the real client requires.
func ReadError(v *clixml.Value) (*ErrorRecord, error) {
	if v == nil {
		return nil, nil
	}
	for _, name := range []string{"Exception", "TargetObject"} {
		if !v.Has(name) {
			return nil, errors.New("an error record has no " + name)
		}
	}
	exception := v.Get("Exception")
	r := &ErrorRecord{
		ID: v.Get("FullyQualifiedErrorId").String(), Category: category(v.Get("ErrorCategory_Category")),
		Message: exception.Get("Message").String(), Target: v.Get("TargetObject").String(),
	}
	if detail := v.Get("ErrorDetails_Message"); detail != nil {
		r.Message = detail.String()
	}
	if r.Message == "" {
		r.Message = v.String()
	}
	if exception != nil && len(exception.TypeNames) > 0 {
		r.Exception = exception.TypeNames[0]
	}
	return r, nil
}

// categories in the order of their numbers (MS-PSRP 2.2.3.9 and the enumeration
// System.Management.Automation.ErrorCategory).
var categories = [...]string{
	"NotSpecified", "OpenError", "CloseError", "DeviceError", "DeadlockDetected", "InvalidArgument", "InvalidData",
	"InvalidOperation", "InvalidResult", "InvalidType", "MetadataError", "NotImplemented", "NotInstalled",
	"ObjectNotFound", "OperationStopped", "OperationTimeout", "SyntaxError", "ParserError", "PermissionDenied",
	"ResourceBusy", "ResourceExists", "ResourceUnavailable", "ReadError", "WriteError", "FromStdErr", "SecurityError",
	"ProtocolError", "ConnectionError", "AuthenticationError", "LimitsExceeded", "QuotaExceeded", "NotEnabled",
}

func category(v *clixml.Value) string {
	n, ok := v.Int()
	switch {
	case !ok:
		return categories[0]
	case n < 0 || n >= int64(len(categories)):
		return strconv.FormatInt(n, 10)
	}
	return categories[n]
}
