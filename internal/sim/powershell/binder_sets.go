package powershell

import (
	"math/bits"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// settle chooses the parameter set and asks for mandatory parameters. With
// awaiting, those that the pipeline can still give are not missed yet.
func (b *binder) settle(awaiting bool) error {
	b.narrow(awaiting)
	if len(b.table.sets) > 0 && bits.OnesCount64(b.valid) != 1 {
		return b.noSet()
	}
	if len(b.table.sets) > 0 {
		b.bound.set = b.table.sets[bits.TrailingZeros64(b.valid)]
	} else {
		b.bound.set = AllSets
	}
	missing := b.missing(b.valid, awaiting)
	if len(missing) == 0 {
		return nil
	}
	return b.fail("MissingMandatoryParameter", "InvalidArgument", nil, missing[0],
		"Cannot process command because of one or more missing mandatory parameters: %s.", strings.Join(missing, " "))
}

// narrow reduces the possible sets to one: the default set, else the only one
// whose mandatory parameters are all there.
func (b *binder) narrow(awaiting bool) {
	if len(b.table.sets) == 0 || bits.OnesCount64(b.valid) == 1 {
		return
	}
	if d := b.defaultBit(); d&b.valid != 0 {
		b.valid &= d
		return
	}
	complete := uint64(0)
	for i := range b.table.sets {
		bit := uint64(1) << i
		if b.valid&bit != 0 && len(b.missing(bit, awaiting)) == 0 {
			complete |= bit
		}
	}
	switch {
	case bits.OnesCount64(complete) == 1:
		b.valid = complete
	case bits.OnesCount64(complete) > 1:
		b.valid = b.mostMandatory(complete)
	}
}

// mostMandatory prefers, among complete sets, those with a bound mandatory parameter.
func (b *binder) mostMandatory(sets uint64) uint64 {
	with := uint64(0)
	for _, p := range b.table.list {
		if _, done := b.bound.get(p.Name); !done || p.sets == allBits {
			continue
		}
		for _, s := range p.Sets {
			if s.Mandatory {
				with |= b.table.bit(s.Name) & sets
			}
		}
	}
	if with != 0 {
		return with
	}
	return sets
}

// missing names the mandatory parameters of the sets that have no value.
func (b *binder) missing(sets uint64, awaiting bool) []string {
	var names []string
	for _, p := range b.table.list {
		if _, done := b.bound.get(p.Name); done {
			continue
		}
		lacks := b.table.any(p, sets, func(s ParameterSet) bool {
			return s.Mandatory && !(awaiting && (s.FromPipeline || s.FromProperty))
		})
		if lacks {
			names = append(names, p.Name)
		}
	}
	return names
}

// takesInput tells whether a pipeline object could be bound to something.
func (b *binder) takesInput() bool {
	for _, p := range b.table.list {
		_, done := b.bound.get(p.Name)
		if !done && b.table.any(p, b.valid, func(s ParameterSet) bool { return s.FromPipeline || s.FromProperty }) {
			return true
		}
	}
	return false
}

// input binds one pipeline object: whole without conversion, by property name,
// then both with conversion. It gives the names that were bound.
func (b *binder) input(v any) ([]string, error) {
	var names []string
	for _, convert := range []bool{false, true} {
		for _, p := range b.table.list {
			if _, done := b.bound.get(p.Name); done {
				continue
			}
			if b.bindInput(p, v, convert) {
				names = append(names, p.Name)
			}
		}
		if len(names) > 0 {
			break
		}
	}
	if len(names) == 0 {
		return nil, b.inputNotBound(v)
	}
	if missing := b.missing(b.valid, false); len(missing) > 0 {
		return names, b.fail("MissingMandatoryParameter", "InvalidArgument", v, missing[0],
			"Cannot process command because of one or more missing mandatory parameters: %s.", strings.Join(missing, " "))
	}
	return names, nil
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

// propertyOf reads a property for binding; entries of tables do not count.
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
