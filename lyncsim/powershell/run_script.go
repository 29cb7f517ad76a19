package powershell

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// scriptRunner runs a function or script block.
type scriptRunner struct {
	inv    *invocation
	body   *syntax.ScriptBlock
	frame  *frame // the frame of the body
	binder *binder
	decl   *declaration
	filter bool
	// restore puts the previous $args back into the scope that a dot-sourced block
	// used.
	restore func()
	input   []any    // $input of a body without process block
	piped   []string // the parameters that the last pipeline object was bound to
}

func newFunctionRunner(inv *invocation, fn *function, args []argument, dotted bool) (runner, error) {
	inv.name, inv.class = fn.name, fn.name
	r := &scriptRunner{inv: inv, body: fn.body, filter: fn.filter}
	parent := inv.frame.scope
	if fn.module != nil {
		parent = inv.frame.scope.inside(fn.module)
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
	g.outermost = r.hides()
	g.scope = parent
	if !dotted {
		g.scope = newScope(parent)
	}
	g.streams[outputStream] = inv.out
	inv.scope = g.scope
	if !dotted {
		inv.inherit(g.scope)
	}
	r.restore = g.scope.replace("args", append([]any{}, r.binder.rest...))
	r.frame = &g
}

// boundParameters is $PSBoundParameters.
func (f *frame) boundParameters() any {
	if f.inv == nil || f.inv.bound == nil {
		return value.NewHashtable()
	}
	return f.inv.bound.table
}
