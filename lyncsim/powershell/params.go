package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

// formal is a parameter as the binder sees it.
type formal struct {
	Parameter
	typ      *dotnet.Type // nil: any object
	initial  syntax.Expression
	engine   bool   // one of the common parameters
	sets     uint64 // the parameter sets that have it, as bits of paramTable.sets
	position int    // the position of a parameter without sets of its own; Named for none
}

// allBits means every parameter set.
const allBits = ^uint64(0)

// paramTable are the parameters of a command or function.
type paramTable struct {
	list       []*formal
	sets       []string // names of the parameter sets, without AllSets
	defaultSet string
	advanced   bool // unknown arguments are errors, common parameters exist
	script     bool // a function: conversions fail with its error ids
}

// bit is the bit of a parameter set; every bit for AllSets.
func (t *paramTable) bit(set string) uint64 {
	if set == "" || strings.EqualFold(set, AllSets) {
		return allBits
	}
	for i, name := range t.sets {
		if strings.EqualFold(name, set) {
			return 1 << i
		}
	}
	t.sets = append(t.sets, set)
	return 1 << (len(t.sets) - 1)
}

// add appends a parameter and computes which sets have it.
func (t *paramTable) add(p *formal) {
	for _, s := range p.Sets {
		p.sets |= t.bit(s.Name)
	}
	if len(p.Sets) == 0 {
		p.sets = allBits
	}
	t.list = append(t.list, p)
}

// any reports whether the test holds for the parameter in one of the sets of the mask.
func (t *paramTable) any(p *formal, mask uint64, test func(ParameterSet) bool) bool {
	if len(p.Sets) == 0 {
		return test(ParameterSet{Position: p.position})
	}
	for _, s := range p.Sets {
		if t.bit(s.Name)&mask != 0 && test(s) {
			return true
		}
	}
	return false
}

// isSwitch reports whether the parameter is a [switch]. A switch takes a value only
// behind a colon: -Name:value.
func (p *formal) isSwitch() bool {
	return p.typ != nil && p.typ.Name == "System.Management.Automation.SwitchParameter"
}

// tableOf makes the parameter table of a command.
func tableOf(c *Command, e Edition) *paramTable {
	t := &paramTable{defaultSet: c.DefaultSet, advanced: true, script: c.Class == ""}
	if c.DefaultSet != "" {
		t.bit(c.DefaultSet) // registers the set, which may have no parameter of its own
	}
	for _, p := range c.Parameters {
		t.add(&formal{Parameter: p, typ: parameterType(p.Type), position: Named})
	}
	t.addCommon(commonIn(e, c.ShouldProcess))
	return t
}

func (t *paramTable) addCommon(list []Parameter) {
	for _, p := range list {
		t.add(&formal{Parameter: p, typ: parameterType(p.Type), position: Named, engine: true})
	}
}

// parameterType is the type that arguments are converted to. For a type name that the
// simulator does not know, the parameter accepts any object.
func parameterType(name string) *dotnet.Type {
	if name == "" || strings.EqualFold(name, "Object") {
		return nil
	}
	if t, ok := dotnet.Lookup(name); ok && t.Name != "System.Object" {
		return t
	}
	return nil
}

// find looks a parameter up by name, alias or unambiguous beginning. It is nil when
// there is none. When the beginning is ambiguous, the list holds the parameters that
// have it.
func (t *paramTable) find(name string) (*formal, []*formal) {
	var prefixed []*formal
	for _, p := range t.list {
		if strings.EqualFold(p.Name, name) {
			return p, nil
		}
		for _, a := range p.Aliases {
			if strings.EqualFold(a, name) {
				return p, nil
			}
		}
		if p.begins(name) {
			prefixed = append(prefixed, p)
		}
	}
	if len(prefixed) > 1 {
		if own := withoutCommon(prefixed); len(own) == 1 {
			return own[0], nil
		}
		return nil, prefixed
	}
	if len(prefixed) == 1 {
		return prefixed[0], nil
	}
	return nil, nil
}

func (p *formal) begins(prefix string) bool {
	for _, name := range append([]string{p.Name}, p.Aliases...) {
		if len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			return true
		}
	}
	return false
}

// withoutCommon drops the common parameters from a list, because the command's own
// parameters are preferred.
func withoutCommon(list []*formal) []*formal {
	var own []*formal
	for _, p := range list {
		if !p.engine || p.Name == "WhatIf" || p.Name == "Confirm" {
			own = append(own, p)
		}
	}
	return own
}
