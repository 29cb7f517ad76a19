package pages

import (
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// objects are the declared types whose parameters take any object here. PowerShell wraps
// every value in a PSObject. The other types have conversions of their own, which the
// simulated cmdlets do themselves.
var objects = map[string]string{
	"System.Management.Automation.PSObject": "Object", "System.Management.Automation.PSObject[]": "Object[]",
	"System.Management.Automation.PSTypeName[]": "Object[]",
	"System.Text.Encoding":                      "Object", "System.Exception": "Object", "System.Management.Automation.PSPrimitiveDictionary": "Object",
}

// add reads the line of one parameter: name, type, aliases, pipeline input, accepted
// words and parameter sets.
func (p *Page) add(fields []string) {
	if fields[0] == "WhatIf" || fields[0] == "Confirm" {
		p.Signature.ShouldProcess = true // PowerShell itself adds both parameters
		return
	}
	made := powershell.Parameter{Name: fields[0], Type: typeOf(fields[1]), Aliases: list(fields[2])}
	words := list(fields[4])
	switch {
	case words == nil || strings.HasSuffix(made.Type, "[]") || strings.HasSuffix(made.Type, "SwitchParameter"):
	case made.Type == "System.String":
		made.Validators = []powershell.Validator{powershell.ValidateSet{Words: words}}
	default:
		made.Words = words
	}
	for _, word := range strings.Fields(fields[5]) {
		set := membership(word)
		set.FromPipeline = strings.Contains(fields[3], "value")
		set.FromProperty = strings.Contains(fields[3], "property")
		made.Sets = append(made.Sets, set)
	}
	p.Signature.Parameters = append(p.Signature.Parameters, made)
}

func typeOf(name string) string {
	if inner, ok := strings.CutPrefix(name, "System.Nullable`1["); ok {
		name = strings.TrimSuffix(inner, "]")
	}
	if general, ok := objects[name]; ok {
		return general
	}
	return name
}

// membership reads one entry of a parameter's list of sets, written Name@position!. The
// name "*" means every set. A parameter that is only given by name has no position. "!"
// means that the parameter is mandatory.
func membership(word string) powershell.ParameterSet {
	word, mandatory := strings.CutSuffix(word, "!")
	name, position, placed := strings.Cut(word, "@")
	set := powershell.ParameterSet{Name: name, Mandatory: mandatory, Position: powershell.Named}
	if name == "*" {
		set.Name = powershell.AllSets
	}
	if n, err := strconv.Atoi(position); placed && err == nil {
		set.Position = n
	}
	return set
}
