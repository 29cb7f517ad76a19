package powershell

import (
	"math/bits"
	"strings"
)

// settle chooses the parameter set and fails when a mandatory parameter has no value.
// With awaiting, pipeline input is still to come: it can decide between the sets and
// supply missing parameters.
func (b *binder) settle(awaiting bool) error {
	if err := b.defaults(); err != nil {
		return err
	}
	if awaiting && len(b.table.sets) > 0 {
		if open := b.complete(true); open != 0 {
			b.valid = open
			b.bound.set = b.setName()
			return nil
		}
	}
	b.narrow(awaiting)
	if len(b.table.sets) > 0 && bits.OnesCount64(b.valid) != 1 {
		return b.noSet()
	}
	b.bound.set = b.setName()
	missing := b.missing(b.valid, awaiting)
	if len(missing) == 0 {
		return nil
	}
	return b.missesMandatory(missing, nil)
}

func (b *binder) missesMandatory(missing []string, target any) error {
	return b.fail("MissingMandatoryParameter", "InvalidArgument", target, missing[0],
		"Cannot process command because of one or more missing mandatory parameters: %s.", strings.Join(missing, " "))
}

// setName is the name of the chosen set. While several sets are possible, it is the
// first of them.
func (b *binder) setName() string {
	if len(b.table.sets) == 0 {
		return AllSets
	}
	return b.table.sets[bits.TrailingZeros64(b.valid)]
}

// complete are the possible sets that miss no mandatory parameter.
func (b *binder) complete(awaiting bool) uint64 {
	sets := uint64(0)
	for i := range b.table.sets {
		bit := uint64(1) << i
		if b.valid&bit != 0 && len(b.missing(bit, awaiting)) == 0 {
			sets |= bit
		}
	}
	return sets
}

// narrow reduces the possible sets. The default set wins if it is possible. Otherwise
// the sets remain whose mandatory parameters all have a value, if there are any.
func (b *binder) narrow(awaiting bool) {
	if len(b.table.sets) == 0 || bits.OnesCount64(b.valid) == 1 {
		return
	}
	if d := b.defaultBit(); d&b.valid != 0 {
		b.valid &= d
		return
	}
	complete := b.complete(awaiting)
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
