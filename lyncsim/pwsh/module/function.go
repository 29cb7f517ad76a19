package module

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// short are the types that every PowerShell has, in PowerShell's spelling.
// Parameters of any other type accept an object, which the cmdlet checks.
var short = map[string]string{
	"System.UInt16": "System.UInt16", "System.UInt32": "System.UInt32", "System.UInt64": "System.UInt64",
	"System.String": "string", "System.String[]": "string[]", "System.Boolean": "bool", "System.Byte[]": "byte[]",
	"System.Management.Automation.SwitchParameter": "switch", "System.Int32": "int", "System.Guid": "guid",
	"System.TimeSpan": "timespan", "System.DateTime": "datetime",
	"System.Net.IPAddress": "ipaddress", "System.Net.IPAddress[]": "ipaddress[]",
}

// function is the text of a cmdlet's advanced function. Only the positions of the
// reference are positional.
func function(c *powershell.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nfunction %s {\n    [CmdletBinding(%s)]\n    param(", c.Name, binding(c))
	for i, p := range c.Parameters {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n" + parameter(p))
	}
	b.WriteString(")\n    process { Send-Call " + quote(c.Name) + " $PSCmdlet $PSBoundParameters }\n}\n")
	return b.String()
}

func binding(c *powershell.Command) string {
	list := []string{"PositionalBinding = $false"}
	if c.DefaultSet != "" {
		list = append(list, "DefaultParameterSetName = "+quote(c.DefaultSet))
	}
	if c.ShouldProcess {
		list = append(list, "SupportsShouldProcess = $true")
	}
	if c.ConfirmImpact != "" {
		list = append(list, "ConfirmImpact = "+quote(c.ConfirmImpact))
	}
	return strings.Join(list, ", ")
}

func parameter(p powershell.Parameter) string {
	var lines []string
	for _, s := range p.Sets {
		lines = append(lines, "        [Parameter("+strings.Join(membership(s), ", ")+")]")
	}
	if len(p.Aliases) > 0 {
		quoted := make([]string, len(p.Aliases))
		for i, a := range p.Aliases {
			quoted[i] = quote(a)
		}
		lines = append(lines, "        [Alias("+strings.Join(quoted, ", ")+")]")
	}
	if p.AllowNull {
		lines = append(lines, "        [AllowNull()][AllowEmptyString()][AllowEmptyCollection()]")
	}
	return strings.Join(append(lines, "        ["+typeName(p.Type)+"]$"+p.Name), "\n")
}

func typeName(full string) string {
	if name, ok := short[full]; ok {
		return name
	}
	return "object"
}

// membership is the text of a parameter's attributes in one set.
func membership(s powershell.ParameterSet) []string {
	var list []string
	if s.Name != "" && s.Name != powershell.AllSets {
		list = append(list, "ParameterSetName = "+quote(s.Name))
	}
	if s.Mandatory {
		list = append(list, "Mandatory = $true")
	}
	if s.Position != powershell.Named {
		list = append(list, fmt.Sprintf("Position = %d", s.Position))
	}
	for _, flag := range []struct {
		set  bool
		name string
	}{
		{s.FromPipeline, "ValueFromPipeline"},
		{s.FromProperty, "ValueFromPipelineByPropertyName"},
		{s.FromRemaining, "ValueFromRemainingArguments"},
	} {
		if flag.set {
			list = append(list, flag.name+" = $true")
		}
	}
	return list
}

// quote writes a text as a literal PowerShell string.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
