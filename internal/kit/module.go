package kit

import (
	_ "embed" // for the parts of the module that are not generated
	"fmt"
	"strings"
)

var (
	//go:embed parts/module.psm1
	modulePart string
	//go:embed parts/Get-FedRouteKit.ps1
	describeScript string
)

// describe is the function that every machine has.
var describe = Function{Name: Describe, Generation: 1, What: "which functions and names this kit has", Script: describeScript}

// moduleText is the module of a machine with the functions. Each script is one script
// block, unchanged; each visible function is a call of Invoke-Operation.
func moduleText(functions []Function) string {
	var b strings.Builder
	b.WriteString(modulePart)
	fmt.Fprintf(&b, "\n$kitVersion = %d\n\n$operations = @{\n", Version)
	for _, f := range functions {
		b.WriteString(operation(f))
	}
	b.WriteString("}\n")
	for _, f := range functions {
		b.WriteString(visible(f))
	}
	return b.String()
}

// operation is the function's entry of $operations.
func operation(f Function) string {
	var takes, needs, flags []string
	names := map[string][]string{}
	for _, p := range f.Parameters {
		takes = append(takes, p.Name)
		if !p.Optional {
			needs = append(needs, p.Name)
		}
		if p.Flag {
			flags = append(flags, p.Name)
		}
		if p.Listed != "" {
			names[p.Listed] = append(names[p.Listed], p.Name)
		}
	}
	return fmt.Sprintf(`    '%s' = @{
        Generation = %d
        Takes      = %s
        Needs      = %s
        Flags      = %s
        Names      = @{ Sites = %s; Pools = %s; Zones = %s }
        OneSet     = $%t
        Script     = {
%s
        }
    }
`, f.Name, f.Generation, array(takes), array(needs), array(flags), array(names["Sites"]), array(names["Pools"]), array(names["Zones"]),
		f.Name == "Set-DnsRecords", strings.TrimSuffix(f.Script, "\n"))
}

// visible is the function that a caller sees.
func visible(f Function) string {
	declarations := make([]string, 0, len(f.Parameters))
	for _, p := range f.Parameters {
		declarations = append(declarations, "\n        "+p.declaration())
	}
	end := ""
	if len(declarations) > 0 {
		end = "\n    "
	}
	return fmt.Sprintf("\nfunction %s {\n    [CmdletBinding(PositionalBinding = $false)]\n    param(%s%s)\n    Invoke-Operation '%s' $PSBoundParameters\n}\n",
		f.Name, strings.Join(declarations, ","), end, f.Name)
}

// array is a PowerShell array of words.
func array(words []string) string {
	if len(words) == 0 {
		return "@()"
	}
	return "@('" + strings.Join(words, "', '") + "')"
}
