package powershell

import (
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Classes of the engine's exceptions.
const (
	runtimeException  = "System.Management.Automation.RuntimeException"
	bindingException  = "System.Management.Automation.ParameterBindingException"
	methodException   = "System.Management.Automation.MethodInvocationException"
	parseException    = "System.Management.Automation.ParseException"
	stopException     = "System.Management.Automation.ActionPreferenceStopException"
	commandNotFound   = "System.Management.Automation.CommandNotFoundException"
	propertyNotFound  = "System.Management.Automation.PropertyNotFoundException"
	castException     = "System.Management.Automation.PSInvalidCastException"
	invalidOperation  = "System.Management.Automation.PSInvalidOperationException"
	setValueException = "System.Management.Automation.SetValueInvocationException"
)

// raised is a terminating error that has not been handled yet. A catch can take it, its
// statement can report it, or it ends the script.
type raised struct {
	record *value.ErrorRecord
	thrown bool // made by throw: it ends the block of its statement
	final  bool // no enclosing block goes on with its next statement
	direct bool // a method call passes it on without wrapping it
}

func (r *raised) Error() string { return r.record.Message() }

func (r *raised) Unwrap() error { return r.record }

// fail makes a terminating error of the engine.
func (f *frame) fail(class, id, category string, target any, format string, args ...any) error {
	record := value.NewErrorRecord(value.NewException(class, fmt.Sprintf(format, args...)), id, category, target)
	return f.raise(record)
}

// raise makes a terminating error of a record and says where it happened.
func (f *frame) raise(record *value.ErrorRecord) *raised {
	f.locate(record)
	if record.Exception.Record == nil {
		record.Exception.Record = record
	}
	return &raised{record: record}
}

// locate fills in where a record was made.
func (f *frame) locate(record *value.ErrorRecord) {
	if record.Invocation != nil {
		return
	}
	record.Invocation = positionOf(f.at)
	if f.inv != nil {
		record.Invocation.Name = f.inv.name
	}
}

func positionOf(at syntax.Extent) *value.Invocation {
	from := at.From()
	line := ""
	if at.Source != nil {
		line = at.Source.Line(from.Line)
	}
	return &value.Invocation{Line: int32(from.Line), Char: int32(from.Column), Text: line}
}

// raising turns an error of Go code into a terminating error. Control flow, refusals
// and the error of an ended context are returned unchanged.
func (f *frame) raising(err error) error {
	var r *raised
	if err == nil || errors.As(err, &r) || isFlow(err) || f.ctx.Err() != nil {
		return err
	}
	var unsupported *dotnet.Unsupported
	if errors.As(err, &unsupported) {
		return &syntax.UnsupportedError{Construct: unsupported.Construct, Line: f.at.Line()}
	}
	var refused *syntax.UnsupportedError
	if errors.As(err, &refused) {
		return err
	}
	return f.raise(recordOf(err))
}

// methodFailed wraps an exception that a .NET method threw, as the real engine does.
func (f *frame) methodFailed(err error, name string, arguments int) error {
	if cast, ok := errors.AsType[*dotnet.CastError](err); ok {
		return f.fail("System.Management.Automation.MethodException", "MethodArgumentConversionInvalidCastArgument", "NotSpecified", nil,
			"Cannot convert an argument of \"%s\": \"%s\"", name, cast.Message)
	}
	var r *raised
	var exception *value.Exception
	if !errors.As(err, &exception) || isFlow(err) || errors.As(err, &r) && r.direct {
		return f.raising(err)
	}
	wrapped := &value.Exception{Type: methodException, Inner: exception,
		Message: fmt.Sprintf("Exception calling \"%s\" with \"%d\" argument(s): \"%s\"", name, arguments, exception.Message)}
	return f.raise(value.NewErrorRecord(wrapped, exception.ShortType(), "NotSpecified", nil))
}
