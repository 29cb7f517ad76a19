package powershell

import (
	"context"
	"errors"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// commandRunner runs a cmdlet written in Go.
type commandRunner struct {
	command *Command
	call    *Call
	binder  *binder
}

func newCommandRunner(inv *invocation, c *Command, args []argument) (runner, error) {
	if c.Refused {
		return nil, inv.frame.refuse(c.Name)
	}
	inv.name, inv.class = c.Name, c.errorName()
	inv.params = inv.frame.rs.table(c)
	inv.shouldProcessing, inv.confirmImpact = c.ShouldProcess, c.ConfirmImpact
	if inv.confirmImpact == "" {
		inv.confirmImpact = "Medium"
	}
	b := newBinder(inv, inv.params)
	if err := b.arguments(args); err != nil {
		return nil, err
	}
	if err := b.settle(inv.piped && b.takesInput()); err != nil {
		return nil, err
	}
	inv.bindTo(b)
	if err := b.refuseUnknown(inv.bound.names()); err != nil {
		return nil, err
	}
	return &commandRunner{command: c, call: &Call{inv: inv}, binder: b}, nil
}

func (r *commandRunner) begin() error { return r.run(r.command.Begin) }

func (r *commandRunner) process(v any, piped bool) error {
	inv := r.call.inv
	if !piped {
		return r.run(r.command.Process)
	}
	names, undo, err := r.binder.input(v)
	defer undo()
	if err != nil {
		return inv.bindingFailed(err)
	}
	if err := r.binder.refuseUnknown(names); err != nil {
		return err
	}
	r.call.input, r.call.hasInput = v, true
	return r.run(r.command.Process)
}

// bindingFailed reports a pipeline object that could not be bound. The pipeline goes on
// with the other objects.
func (inv *invocation) bindingFailed(err error) error {
	var r *raised
	if !errors.As(err, &r) {
		return err
	}
	return inv.writeError(r.record)
}

func (r *commandRunner) end() error {
	defer r.call.inv.finish()
	return r.run(r.command.End)
}

func (r *commandRunner) run(part func(context.Context, *Call) error) error {
	if part == nil {
		return nil
	}
	inv := r.call.inv
	err := part(inv.frame.ctx, r.call)
	var record *value.ErrorRecord
	var passed *raised
	if errors.As(err, &passed) && !passed.thrown && !passed.final && !passed.direct && passed.record.Command == "" {
		passed.record.Command, passed.record.Activity = inv.class, inv.name
	}
	if err == nil || errors.As(err, &passed) || isFlow(err) || !errors.As(err, &record) {
		return inv.frame.raising(err)
	}
	return inv.terminating(record)
}

// Stop says that the command wants no more input: the commands before it in the
// pipeline end. Its return value must be handed back.
func (c *Call) Stop() error { return stopFlow{by: c.inv.stage} }

// table gives a command's parameters in the binder's form, made once.
func (rs *Runspace) table(c *Command) *paramTable {
	if t, ok := rs.tables[c]; ok {
		return t
	}
	t := tableOf(c, rs.Edition())
	rs.tables[c] = t
	return t
}
