package powershell

import (
	"context"
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Call is one run of a Command. It offers the bound parameters, the input and the
// methods that write output and messages. A Call belongs to the goroutine that runs
// the pipeline.
type Call struct {
	// State belongs to the command: it keeps data there between Begin, Process and End.
	State any

	inv      *invocation
	input    any
	hasInput bool
}

// Name is the command's name.
func (c *Call) Name() string { return c.inv.name }

// Runspace is the PowerShell process in which the command runs.
func (c *Call) Runspace() *Runspace { return c.inv.frame.rs }

// ParameterSet is the name of the set that binding chose.
func (c *Call) ParameterSet() string { return c.inv.bound.set }

// Input is the pipeline object of this Process call; false when nothing was piped.
func (c *Call) Input() (any, bool) { return c.input, c.hasInput }

// Has reports whether a parameter was given (or bound from the pipeline).
func (c *Call) Has(name string) bool {
	_, ok := c.inv.bound.get(name)
	return ok
}

// Named reports whether a parameter was given by its name, not by position or pipeline.
func (c *Call) Named(name string) bool { return c.inv.bound.named[name] }

// Names lists the bound parameters in the order of binding. The common parameters that
// the engine adds are included.
func (c *Call) Names() []string { return c.inv.bound.names() }

// Value is the bound value of a parameter, already converted to its type, or nil.
func (c *Call) Value(name string) any {
	v, _ := c.inv.bound.get(name)
	return v
}

// Text is the bound value as a string, "" when it was not given.
func (c *Call) Text(name string) string { return value.Text(c.Value(name)) }

// Texts is the bound value as strings, one per element; nil when it was not given.
func (c *Call) Texts(name string) []string {
	var texts []string
	for _, v := range value.Unroll(c.Value(name)) {
		texts = append(texts, value.Text(v))
	}
	return texts
}

// On is the truth of a switch or boolean parameter; false when it was not given.
func (c *Call) On(name string) bool { return value.Truth(c.Value(name)) }

// Int is the bound value as a number, 0 when it was not given or is none.
func (c *Call) Int(name string) int {
	n, _ := value.ToInt(c.Value(name))
	return int(n)
}

// Emit sends a value down the pipeline. A collection is sent element by element; a
// collection inside it is sent as one object.
func (c *Call) Emit(v any) error { return c.inv.emit(value.From(v)) }

// EmitWhole sends a value down the pipeline as it is.
func (c *Call) EmitWhole(v any) error { return c.inv.out(value.From(v)) }

// WriteError reports a non-terminating error. It returns an error when -ErrorAction or
// $ErrorActionPreference turns the reported error into a terminating error.
func (c *Call) WriteError(r *value.ErrorRecord) error { return c.inv.writeError(r) }

// Warn writes to the warning stream.
func (c *Call) Warn(format string, args ...any) error {
	return c.inv.message(warningStream, fmt.Sprintf(format, args...))
}

// Verbose writes to the verbose stream, which is silent unless asked for.
func (c *Call) Verbose(format string, args ...any) error {
	return c.inv.message(verboseStream, fmt.Sprintf(format, args...))
}

// Progress writes a progress record: in a redirected shell it reaches stderr as CLIXML.
func (c *Call) Progress(activity, status string) error { return c.inv.progress(activity, status) }

// Host writes a line to the host, past the pipeline.
func (c *Call) Host(line string) error { return c.inv.frame.rs.host.line(line) }

// ShouldProcess reports whether to go on with an action, e.g.
// ("topology", "Publish-CsTopology"). With -WhatIf it writes what would be done and
// returns false. A person would have to confirm the action when -Confirm is given, or
// when the command's impact reaches $ConfirmPreference. Then it returns the error that
// a non-interactive shell gives.
func (c *Call) ShouldProcess(target, action string) (bool, error) {
	return c.inv.shouldProcess(target, action)
}

// InvokeGuarded is Invoke, except that the first error ends the block and is returned
// to the caller.
func (c *Call) InvokeGuarded(ctx context.Context, block any, item any) ([]any, error) {
	rs := c.inv.frame.rs
	rs.tries++
	defer func() { rs.tries-- }()
	out, err := c.Invoke(ctx, block, item)
	if r, ok := errors.AsType[*raised](err); ok {
		rs.remember(r.record)
	}
	return out, err
}

// InvokePiped runs a script block argument with objects piped into it.
func (c *Call) InvokePiped(ctx context.Context, block any, input []any, args []any) ([]any, error) {
	sb, ok := block.(*ScriptBlock)
	if !ok {
		return nil, fmt.Errorf("%s is not a script block", value.TypeName(block))
	}
	return c.inv.frame.invokePiped(ctx, sb, nil, input, args)
}

// Invoke runs a script block argument with $_ set to item. It returns the objects that
// the block put out.
func (c *Call) Invoke(ctx context.Context, block any, item any, args ...any) ([]any, error) {
	sb, ok := block.(*ScriptBlock)
	if !ok {
		return nil, fmt.Errorf("%s is not a script block", value.TypeName(block))
	}
	return c.inv.frame.invokeBlock(ctx, sb, item, args)
}
