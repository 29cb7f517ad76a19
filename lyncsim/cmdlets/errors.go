package cmdlets

import (
	"context"
	"errors"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// manner is the form in which an error reaches a script.
type manner struct{ exception, id, category string }

// manners gives the error record of each fault kind. The ids of the real modules are
// published nowhere; these are invented.
var manners = map[refusal.Kind]manner{
	refusal.Invalid:     {"System.Management.Automation.ItemNotFoundException", "ItemNotFound", "ObjectNotFound"},
	refusal.Refused:     {"System.InvalidOperationException", "ProcessingFailed", "InvalidOperation"},
	refusal.Conflict:    {"System.InvalidOperationException", "ProcessingFailed", "InvalidOperation"},
	refusal.Failed:      {"System.InvalidOperationException", "ProcessingFailed", "InvalidOperation"},
	refusal.Busy:        {"System.InvalidOperationException", "OperationInProgress", "ResourceBusy"},
	refusal.Denied:      {"System.UnauthorizedAccessException", "AccessDenied", "PermissionDenied"},
	refusal.Unreachable: {"System.InvalidOperationException", "CannotConnect", "ConnectionError"},
	refusal.Unsupported: {"System.NotSupportedException", "NotSupported", "NotImplemented"},
	refusal.Internal:    {"System.InvalidOperationException", "ProcessingFailed", "NotSpecified"},
}

// failure is an error that already has its error record.
type failure struct{ record *value.ErrorRecord }

// Error is the message for people.
func (f failure) Error() string { return f.record.Message() }

func fail(exception, id, category, target, message string) error {
	return failure{powershell.NewErrorRecord(exception, id, category, target, message)}
}

// tell turns the error of a behaviour into what a script receives. Faults and
// failures become non-terminating errors. Everything else (a stopped pipeline, a
// question that cannot be answered) is passed on unchanged.
func (r *run) tell(ctx context.Context, err error) error {
	if f, ok := errors.AsType[failure](err); ok {
		return r.WriteError(f.record)
	}
	if b, ok := errors.AsType[*farm.Barrier](err); ok {
		return r.WriteError(r.barred(b))
	}
	f, ok := errors.AsType[*refusal.Refusal](err)
	if !ok {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	m := manners[f.Kind]
	return r.WriteError(powershell.NewErrorRecord(m.exception, m.id, m.category, f.Object, f.Sentence()))
}

// notFound is the error for a name that no object has.
func notFound(what, identity string) error {
	return refusal.New(refusal.Invalid, "find "+what, identity, "there is no "+what+" with this identity")
}

// badArgument is the error for a value that has the right type but makes no sense.
func badArgument(parameter, text, why string) error {
	return fail("System.ArgumentException", "InvalidArgument", "InvalidArgument", text,
		"Cannot use the value \""+text+"\" of parameter "+parameter+": "+why+".")
}

// alreadyThere is the error for an object that exists already.
func alreadyThere(identity string) error {
	return fail("System.InvalidOperationException", "ItemAlreadyExists", "ResourceExists", identity,
		`An item with the identity "`+identity+`" already exists.`)
}

// unsupported stops the script, because a simulator must not invent answers.
func unsupported(what string) error { return dotnet.Refuse("%s", what) }
