package cmdlets

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/cmdlets/reference"
	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// known maps the reference's type names to types of the evaluator. Types that only
// the product has (Fqdn, XdsIdentity, PSListModifier, …) are plain objects: the
// binder passes the argument on unchanged, and the cmdlet checks it.
var known = map[string]string{
	"String": "System.String", "String[]": "System.String[]", "Boolean": "System.Boolean", "Byte[]": "System.Byte[]",
	"SwitchParameter": "System.Management.Automation.SwitchParameter",
	"UInt16":          "System.UInt16", "UInt32": "System.UInt32", "UInt64": "System.UInt64", "Int32": "System.Int32",
	"Guid": "System.Guid", "TimeSpan": "System.TimeSpan", "DateTime": "System.DateTime",
	"IPAddress": "System.Net.IPAddress", "IPAddress[]": "System.Net.IPAddress[]",
}

// Declare makes the evaluator's command for a reference entry: names, types, sets,
// positions, aliases. The command does nothing until it gets a body.
func Declare(c reference.Cmdlet) *powershell.Command {
	cmd := &powershell.Command{Name: c.Name, ShouldProcess: c.ShouldProcess(), DefaultSet: defaultSet(c)}
	for _, output := range c.Outputs {
		if !strings.Contains(output, ":") {
			cmd.OutputTypes = append(cmd.OutputTypes, output)
		}
	}
	for _, p := range c.Parameters {
		if cmd.ShouldProcess && (p.Name == "WhatIf" || p.Name == "Confirm") {
			continue // the engine adds these itself
		}
		cmd.Parameters = append(cmd.Parameters, declareParameter(p))
	}
	return cmd
}

// defaultSets names the default set of the cmdlets for which it cannot be the first
// set: examples and procedures call them without the parameters that the first set
// requires.
var defaultSets = map[string]string{
	"Invoke-CsManagementServerFailover": "Normal",
	"Get-DnsServerResourceRecord":       "Name",
	"Remove-DnsServerResourceRecord":    "Name",
}

// defaultSet is the set of a call that fits several sets. The reference does not
// name it; nearly always it is the set that the reference lists first.
func defaultSet(c reference.Cmdlet) string {
	if set, ok := defaultSets[c.Name]; ok {
		return set
	}
	if len(c.Sets) > 0 {
		return c.Sets[0]
	}
	return ""
}

func declareParameter(p reference.Parameter) powershell.Parameter {
	out := powershell.Parameter{Name: p.Name, Aliases: p.Aliases, Type: known[p.Type]}
	for _, m := range p.Membership {
		out.Sets = append(out.Sets, powershell.ParameterSet{
			Name: m.Set, Mandatory: m.Mandatory, Position: m.Position,
			FromPipeline: p.FromPipeline, FromProperty: p.FromPipelineByName,
		})
	}
	return out
}
