package powershell

import (
	"errors"

	"github.com/fedroute/fedroute/internal/sim/powershell/syntax"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// scriptRunner runs a function or script block.
type scriptRunner struct {
	inv    *invocation
	body   *syntax.ScriptBlock
	frame  *frame // of the body
	binder *binder
	decl   *declaration
	filter bool
	input  []any // $input of a body without process block
}

func newFunctionRunner(inv *invocation, fn *function, args []argument, dotted bool) (runner, error) {
	inv.name, inv.class = fn.name, fn.name
	r := &scriptRunner{inv: inv, body: fn.body, filter: fn.filter}
	parent := inv.frame.scope
	if fn.module != nil {
		parent = fn.module
	}
	return r.bind(parent, fn.params, args, dotted)
}

func newBlockRunner(inv *invocation, b *ScriptBlock, args []argument, dotted bool) (runner, error) {
	r := &scriptRunner{inv: inv, body: b.ast}
	parent := inv.frame.scope
	if b.closure != nil {
		parent = b.closure
	}
	return r.bind(parent, nil, args, dotted)
}

// bind gives the arguments to the parameters and makes the body's scope.
func (r *scriptRunner) bind(parent *scope, params []*syntax.Parameter, args []argument, dotted bool) (runner, error) {
	inv := r.inv
	if r.body.DynamicParam != nil {
		return nil, inv.frame.refuse("dynamicparam")
	}
	decl, err := inv.frame.declare(r.body, params)
	if err != nil {
		return nil, err
	}
	r.decl, inv.params = decl, decl.table
	inv.shouldProcessing, inv.confirmImpact = decl.shouldProcess, decl.confirmImpact
	r.binder = newBinder(inv, decl.table)
	if err := r.binder.arguments(args); err != nil {
		return nil, err
	}
	awaiting := inv.piped && r.binder.takesInput()
	if err := r.binder.settle(awaiting); err != nil {
		return nil, err
	}
	inv.bindTo(r.binder)
	inv.tries = inv.frame.rs.tries
	r.makeFrame(parent, dotted)
	return r, nil
}

func (r *scriptRunner) makeFrame(parent *scope, dotted bool) {
	inv := r.inv
	g := *inv.frame
	g.inv = inv
	g.scope = parent
	if !dotted {
		g.scope = newScope(parent)
	}
	g.streams[outputStream] = inv.out
	inv.scope = g.scope
	if !dotted || len(r.decl.params) > 0 {
		inv.inherit(g.scope)
		g.scope.set("args", append([]any{}, r.binder.rest...))
	}
	r.frame = &g
}

func (r *scriptRunner) begin() error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	if err := r.setParameters(); err != nil {
		return err
	}
	return r.block(r.body.Begin)
}

// setParameters makes the variables of the parameters.
func (r *scriptRunner) setParameters() error {
	for _, p := range r.decl.table.list {
		if p.engine {
			continue
		}
		v, ok := r.inv.bound.get(p.Name)
		if !ok {
			var err error
			if v, err = r.frame.initialValue(p); err != nil {
				return err
			}
		}
		made := r.frame.scope.set(p.Name, v)
		made.typ, made.validators = p.typ, p.Validators
		if !ok && v == nil {
			made.validators = nil
		}
	}
	return nil
}

func (r *scriptRunner) process(v any, piped bool) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	block := r.processBlock()
	if !piped {
		return r.block(block)
	}
	if r.decl.table.advanced || r.binder.takesInput() {
		if !r.decl.table.advanced && block == nil {
			r.input = append(r.input, v)
			return nil
		}
		names, undo, err := r.binder.input(v)
		defer undo()
		if err != nil {
			return r.inv.bindingFailed(err)
		}
		for _, name := range names {
			x, _ := r.inv.bound.get(name)
			r.frame.scope.set(name, x)
		}
	}
	if block == nil {
		r.input = append(r.input, v)
		return nil
	}
	r.frame.scope.set("_", v)
	return r.block(block)
}

// processBlock is what runs for each object: a filter's whole body.
func (r *scriptRunner) processBlock() *syntax.NamedBlock {
	if r.filter && r.body.Process == nil {
		return r.body.End
	}
	return r.body.Process
}

func (r *scriptRunner) end() error {
	defer r.inv.finish()
	if r.filter && r.body.Process == nil {
		return nil
	}
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	if r.body.Process == nil || len(r.input) > 0 {
		r.frame.scope.set("input", append([]any{}, r.input...))
	}
	return r.block(r.body.End)
}

// enter counts the nesting, which is bounded.
func (r *scriptRunner) enter() error {
	rs := r.frame.rs
	rs.depth++
	if rs.depth > rs.options.Limits.Depth {
		rs.depth--
		return r.frame.fail("System.Management.Automation.ScriptCallDepthException", "CallDepthOverflow", "InvalidOperation", nil,
			"The script failed due to call depth overflow.")
	}
	return nil
}

func (r *scriptRunner) leave() { r.frame.rs.depth-- }

// block runs one of the body's blocks; return ends it.
func (r *scriptRunner) block(b *syntax.NamedBlock) error {
	if b == nil {
		return nil
	}
	before := r.frame.rs.current
	defer func() { r.frame.rs.current = before }()
	err := r.frame.block(b.Statements, b.Traps)
	if isReturn(err) {
		return nil
	}
	if l, ok := errors.AsType[leave](err); ok && l.inv == r.inv {
		return l.err
	}
	return err
}

// boundParameters is $PSBoundParameters.
func (f *frame) boundParameters() any {
	if f.inv == nil || f.inv.bound == nil {
		return value.NewHashtable()
	}
	return f.inv.bound.table
}
