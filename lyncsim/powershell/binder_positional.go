package powershell

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// positional gives the values without a name to the parameters by position.
func (b *binder) positional(values []argument) error {
	for i, a := range values {
		candidates := b.nextPosition()
		if len(candidates) == 0 {
			return b.remaining(values[i:])
		}
		if err := b.bindOne(candidates, a); err != nil {
			return err
		}
	}
	return nil
}

// bindOne gives a value to the first candidate that takes it. Candidates that take it
// without a conversion are tried first. When no candidate takes it, the error is that
// of the first attempt.
func (b *binder) bindOne(candidates []*formal, a argument) error {
	var failed error
	for _, convert := range []bool{false, true} {
		for _, p := range candidates {
			if b.fits(p, a.value, false) == convert {
				continue
			}
			err := b.bind(p, a)
			if err == nil {
				return nil
			}
			if failed == nil {
				failed = err
			}
		}
	}
	return failed
}

// nextPosition are the parameters with the lowest free position, those of the
// default set first.
func (b *binder) nextPosition() []*formal {
	var preferred, others []*formal
	lowest := 1 << 30
	defaultBit := b.defaultBit()
	for _, p := range b.table.list {
		if _, done := b.bound.get(p.Name); done || p.sets&b.valid == 0 {
			continue
		}
		at, inDefault := b.positionOf(p, defaultBit)
		if at < 0 || at > lowest {
			continue
		}
		if at < lowest {
			lowest, preferred, others = at, nil, nil
		}
		if inDefault {
			preferred = append(preferred, p)
		} else {
			others = append(others, p)
		}
	}
	return append(preferred, others...)
}

// positionOf is the parameter's lowest position in the possible sets.
func (b *binder) positionOf(p *formal, defaultBit uint64) (int, bool) {
	lowest, inDefault := -1, false
	b.table.any(p, b.valid, func(s ParameterSet) bool {
		if s.Position >= 0 && !s.FromRemaining && (lowest < 0 || s.Position < lowest) {
			lowest = s.Position
			inDefault = b.table.bit(s.Name)&defaultBit != 0
		}
		return false
	})
	return lowest, inDefault
}

func (b *binder) defaultBit() uint64 {
	if b.table.defaultSet == "" {
		return 0
	}
	return b.table.bit(b.table.defaultSet)
}

// remaining binds the values that no positional parameter took. They go to the
// ValueFromRemainingArguments parameter. Without one they go to $args; an advanced
// function or a cmdlet has no $args and fails.
func (b *binder) remaining(values []argument) error {
	var rest []any
	for _, a := range values {
		rest = append(rest, a.value)
	}
	for _, p := range b.table.list {
		_, done := b.bound.get(p.Name)
		if !done && b.table.any(p, b.valid, func(s ParameterSet) bool { return s.FromRemaining }) {
			return b.bind(p, argument{value: rest, hasValue: true})
		}
	}
	if !b.table.advanced {
		b.rest = append(b.rest, rest...)
		return nil
	}
	return b.fail("PositionalParameterNotFound", "InvalidArgument", nil, value.Text(values[0].value),
		"A positional parameter cannot be found that accepts argument '%s'.", value.Text(values[0].value))
}
