// Package reference gives typed access to the cmdlet reference: cmdlets, parameter
// sets, parameters, aliases, positions and the product versions to which they apply.
// It does not depend on the evaluator. The simulator's binder and the tests of the
// PowerShell catalogue read the same tables.
package reference

import (
	"slices"
	"strings"
)

// Catalogue is a set of cmdlets, found by name in upper or lower case.
type Catalogue struct {
	cmdlets []Cmdlet
	byName  map[string]int
}

// Cmdlets lists the cmdlets in the order of their names.
func (c *Catalogue) Cmdlets() []Cmdlet { return slices.Clone(c.cmdlets) }

// Cmdlet finds a cmdlet by name, in upper or lower case.
func (c *Catalogue) Cmdlet(name string) (Cmdlet, bool) {
	i, ok := c.byName[strings.ToLower(name)]
	if !ok {
		return Cmdlet{}, false
	}
	return c.cmdlets[i], true
}

// In gives the catalogue of one version. It lacks the cmdlets and parameters that do
// not apply to the version.
func (c *Catalogue) In(v Version) *Catalogue {
	var kept []Cmdlet
	for _, cmdlet := range c.cmdlets {
		if appliesTo(cmdlet.Applicable, v) {
			kept = append(kept, cmdlet.in(v))
		}
	}
	return newCatalogue(kept)
}

func newCatalogue(cmdlets []Cmdlet) *Catalogue {
	slices.SortFunc(cmdlets, func(a, b Cmdlet) int { return strings.Compare(a.Name, b.Name) })
	c := &Catalogue{cmdlets: cmdlets, byName: make(map[string]int, len(cmdlets))}
	for i, cmdlet := range cmdlets {
		c.byName[strings.ToLower(cmdlet.Name)] = i
	}
	return c
}

// Cmdlet is one cmdlet of the reference.
type Cmdlet struct {
	Name string
	// Applicable lists the versions in the reference's spelling.
	Applicable []string
	// Sets names the parameter sets, in the order of the SYNTAX blocks; empty
	// when the cmdlet has only one.
	Sets       []string
	Parameters []Parameter
	// Outputs are the .NET type names of what the cmdlet returns or changes.
	Outputs []string
}

// Parameter finds a parameter by its full name or an alias, in upper or lower case.
func (c Cmdlet) Parameter(name string) (Parameter, bool) {
	for _, p := range c.Parameters {
		if strings.EqualFold(p.Name, name) || slices.ContainsFunc(p.Aliases, func(a string) bool {
			return strings.EqualFold(a, name)
		}) {
			return p, true
		}
	}
	return Parameter{}, false
}

// ShouldProcess reports whether the cmdlet has -WhatIf.
func (c Cmdlet) ShouldProcess() bool {
	_, ok := c.Parameter("WhatIf")
	return ok
}

// in narrows a cmdlet to a version. A set disappears when the version lacks all
// parameters that only this set has: Get-CsService has one set per role switch.
func (c Cmdlet) in(v Version) Cmdlet {
	narrow := c
	narrow.Parameters = slices.DeleteFunc(slices.Clone(c.Parameters), func(p Parameter) bool {
		return !appliesTo(p.Applicable, v)
	})
	narrow.Sets = slices.DeleteFunc(slices.Clone(c.Sets), func(set string) bool {
		return c.owns(set) && !narrow.owns(set)
	})
	for i, p := range narrow.Parameters {
		narrow.Parameters[i].Membership = slices.DeleteFunc(slices.Clone(p.Membership), func(m Membership) bool {
			return m.Set != "" && !slices.Contains(narrow.Sets, m.Set)
		})
	}
	return narrow
}

// owns reports whether the set has a parameter that no other set has.
func (c Cmdlet) owns(set string) bool {
	return slices.ContainsFunc(c.Parameters, func(p Parameter) bool {
		return len(p.Membership) == 1 && p.Membership[0].Set == set
	})
}

// Parameter is one parameter of a cmdlet.
type Parameter struct {
	Name    string
	Type    string // as the reference writes it: String, SwitchParameter, Fqdn, …
	Aliases []string
	// Applicable lists versions; nil when the reference names none.
	Applicable []string
	// Membership describes the parameter in each set. A cmdlet with a single set has
	// one membership whose Set is empty.
	Membership []Membership
	// FromPipeline and FromPipelineByName report what the pipeline may bind.
	FromPipeline       bool
	FromPipelineByName bool
}

// In gives the parameter's membership in a set.
func (p Parameter) In(set string) (Membership, bool) {
	for _, m := range p.Membership {
		if m.Set == set || m.Set == "" {
			return m, true
		}
	}
	return Membership{}, false
}

// Membership describes a parameter in one parameter set.
type Membership struct {
	Set       string
	Mandatory bool
	// Position counts the set's positional parameters from 0; -1 means that the
	// parameter is given by name only.
	Position int
}
