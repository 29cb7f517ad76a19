package powershell

import (
	"math/bits"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// takesInput reports whether a pipeline object could be bound to any parameter.
func (b *binder) takesInput() bool {
	for _, p := range b.table.list {
		_, done := b.bound.get(p.Name)
		if !done && b.table.any(p, b.valid, func(s ParameterSet) bool { return s.FromPipeline || s.FromProperty }) {
			return true
		}
	}
	return false
}

// input binds one pipeline object. It tries the whole object without conversion,
// then the object's properties by name, then both with conversion. Parameters of the
// default set come first. The returned function undoes the binding for the next object.
func (b *binder) input(v any) ([]string, func(), error) {
	var names []string
	before := b.valid
	undo := func() {
		b.valid = before
		for _, name := range names {
			b.bound.table.Remove(name)
		}
	}
	for _, convert := range []bool{false, true} {
		for _, p := range b.inputOrder() {
			if _, done := b.bound.get(p.Name); !done && b.bindInput(p, v, convert) {
				names = append(names, p.Name)
			}
		}
		if len(names) > 0 {
			break
		}
	}
	if len(names) == 0 {
		return nil, undo, b.unbound(v)
	}
	b.narrow(false)
	if len(b.table.sets) > 0 && bits.OnesCount64(b.valid) != 1 {
		return names, undo, b.noSet()
	}
	b.bound.set = b.setName()
	if missing := b.missing(b.valid, false); len(missing) > 0 {
		return names, undo, b.missesMandatory(missing, v)
	}
	return names, undo, nil
}

// inputOrder lists the parameters: first those of the default set, then the others.
func (b *binder) inputOrder() []*formal {
	d := b.defaultBit()
	if d == 0 {
		return b.table.list
	}
	var first, last []*formal
	for _, p := range b.table.list {
		if p.sets&d != 0 {
			first = append(first, p)
		} else {
			last = append(last, p)
		}
	}
	return append(first, last...)
}

// unbound is the error for an object that no parameter took. For $null it is the error
// of the parameter that takes pipeline objects and refused the $null.
func (b *binder) unbound(v any) error {
	if v == nil {
		for _, p := range b.inputOrder() {
			if _, done := b.bound.get(p.Name); done || !b.table.any(p, b.valid, func(s ParameterSet) bool { return s.FromPipeline }) {
				continue
			}
			if err := b.bind(p, argument{value: v, hasValue: true}); err != nil {
				return err
			}
		}
	}
	return b.inputNotBound(v)
}

func (b *binder) inputNotBound(v any) error {
	return b.fail("InputObjectNotBound", "InvalidArgument", v, "",
		"The input object cannot be bound to any parameters for the command either because the command does not take pipeline input or the input and its properties do not match any of the parameters that take pipeline input.")
}

// bindInput tries one parameter with one object.
func (b *binder) bindInput(p *formal, v any, convert bool) bool {
	if b.table.any(p, b.valid, func(s ParameterSet) bool { return s.FromPipeline }) && b.fits(p, v, convert) {
		if b.bind(p, argument{value: v, hasValue: true}) == nil {
			return true
		}
	}
	if !b.table.any(p, b.valid, func(s ParameterSet) bool { return s.FromProperty }) {
		return false
	}
	for _, name := range append([]string{p.Name}, p.Aliases...) {
		x, found := b.propertyOf(v, name)
		if found && b.fits(p, x, convert) && b.bind(p, argument{value: x, hasValue: true}) == nil {
			return true
		}
	}
	return false
}

// propertyOf reads a property for binding. The entries of a table do not count as
// properties here.
func (b *binder) propertyOf(v any, name string) (any, bool) {
	if _, isTable := v.(*value.Hashtable); isTable || v == nil {
		return nil, false
	}
	if _, isText := v.(string); isText && !strings.EqualFold(name, "Length") {
		return nil, false
	}
	x, found, err := b.frame.property(v, name)
	return x, found && err == nil
}
