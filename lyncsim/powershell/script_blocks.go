package powershell

import (
	"errors"
	"slices"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

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
		if err := r.forget(); err != nil {
			return err
		}
		r.piped = names
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
	r.frame.scope.set("input", &pipedInput{items: []any{v}})
	return r.block(block)
}

// forget resets the parameters that were bound to the previous pipeline object. They
// get the value again that they have when the call does not give them.
func (r *scriptRunner) forget() error {
	for _, p := range r.decl.table.list {
		if !slices.Contains(r.piped, p.Name) {
			continue
		}
		v, err := r.frame.initialValue(p)
		if err != nil {
			return err
		}
		r.frame.scope.set(p.Name, v)
	}
	return nil
}

// processBlock is the block that runs for each pipeline object. For a filter without a
// process block it is the whole body.
func (r *scriptRunner) processBlock() *syntax.NamedBlock {
	if r.filter && r.body.Process == nil {
		return r.body.End
	}
	return r.body.Process
}

func (r *scriptRunner) end() error {
	defer r.inv.finish()
	defer r.restore()
	if r.filter && r.body.Process == nil {
		return nil
	}
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	r.frame.scope.set("input", &pipedInput{items: r.input})
	return r.block(r.body.End)
}

// enter counts the nesting of calls and fails when it is too deep.
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

// block runs one of the body's blocks. A return statement ends the block.
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
